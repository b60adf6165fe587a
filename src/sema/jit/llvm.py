"""LLVM: text of a module in, addresses of machine code out."""

from __future__ import annotations

from functools import cache
from itertools import count

from llvmlite import binding

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


class Engine:
    """The machine code of one module, for as long as this object lives.

    ``symbols`` are the addresses of what the module declares.
    """

    def __init__(self, text: str, level: int, symbols: dict[str, int]) -> None:
        machine = _machine(level)
        # Constants live as long as their context, so that each module has one of its own.
        module = binding.parse_assembly(text, binding.create_context())
        options = binding.create_pipeline_tuning_options(speed_level=level)
        passes = binding.create_pass_builder(machine, options)
        passes.getModulePassManager().run(module, passes)
        library = binding.JITLibraryBuilder().add_object_img(machine.emit_object(module))
        for name, address in symbols.items():
            library.import_symbol(name, address)
        library.export_symbol("run")
        self._tracker = library.link(_linker(), f"group{next(_numbers)}")

    def address_of(self, name: str) -> int:
        """The address of an exported function."""
        return int(self._tracker[name])
