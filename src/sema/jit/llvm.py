"""LLVM: text of a module in, addresses of machine code out."""

from __future__ import annotations

from functools import cache
from itertools import count

import llvmlite
from llvmlite import binding

from sema.embed.cache import compiler_state, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_numbers = count()


@cache
def _machine(level: int) -> Any:
    """What writes machine code for this processor."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=level,
        jit=True,
    )


@cache
def _linker() -> Any:
    return binding.create_lljit_compiler(_machine(2), use_jit_link=False)


@cache
def _circumstances() -> bytes:
    """What machine code depends on besides the text of its module."""
    processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    versions = llvmlite.__version__, binding.llvm_version_info
    return repr((processor, versions)).encode() + compiler_state()


def key_of(text: str, level: int) -> bytes:
    """What stands for the machine code of a module, in any process."""
    return digest(_circumstances(), bytes([level]), text.encode())


def optimised(text: str, level: int) -> Any:
    """The module of a text, made better."""
    # Constants live as long as their context, so that each module has one of its own.
    module = binding.parse_assembly(text, binding.create_context())
    options = binding.create_pipeline_tuning_options(speed_level=level)
    passes = binding.create_pass_builder(_machine(level), options)
    passes.getModulePassManager().run(module, passes)
    return module


def listing(module: Any, level: int) -> tuple[str, str]:
    """A module and its assembly as text."""
    # Writing machine code changes the module.
    return str(module), _machine(level).emit_assembly(module.clone())


def emitted(module: Any, level: int) -> bytes:
    """A module's machine code, to be linked."""
    return bytes(_machine(level).emit_object(module))


def size_of(image: bytes) -> int:
    """How many bytes of instructions there are."""
    sections = binding.ObjectFileRef.from_data(image).sections()
    return sum(section.size() for section in sections if section.is_text())


@cache
def _keep_array_types(n_symbols: int) -> list[Any]:
    """Keep the types of the arrays that linking makes: Python 3.11 loses a reference to None with
    each of them that the collector frees, and dies when there are none left."""
    parts = [binding.orcjit._LinkElement, binding.orcjit._SymbolAddress]
    return [part * n for part in parts for n in (1, n_symbols)]


class Engine:
    """The machine code of one module, for as long as this object lives.

    ``symbols`` are the addresses of what the module declares.
    """

    def __init__(self, image: bytes, symbols: dict[str, int]) -> None:
        library = binding.JITLibraryBuilder().add_object_img(image)
        for name, address in symbols.items():
            library.import_symbol(name, address)
        library.export_symbol("run")
        _keep_array_types(len(symbols))
        self._tracker = library.link(_linker(), f"group{next(_numbers)}")

    def address_of(self, name: str) -> int:
        """The address of an exported function."""
        return int(self._tracker[name])
