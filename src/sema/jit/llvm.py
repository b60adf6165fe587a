"""LLVM: text of a module in, addresses of machine code out."""

from __future__ import annotations

from functools import cache
from itertools import count
from time import perf_counter

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

    ``symbols`` are the addresses of what the module declares. ``seconds`` says
    how long each step took, ``size`` how many bytes of instructions there are,
    and ``listing``, if it is ``shown``, is the optimised module and the assembly.
    """

    def __init__(self, text: str, level: int, symbols: dict[str, int], shown: bool = False) -> None:
        machine = _machine(level)
        clock = [perf_counter()]
        # Constants live as long as their context, so that each module has one of its own.
        module = binding.parse_assembly(text, binding.create_context())
        options = binding.create_pipeline_tuning_options(speed_level=level)
        passes = binding.create_pass_builder(machine, options)
        passes.getModulePassManager().run(module, passes)
        if shown:
            # Writing machine code changes the module.
            self.listing = str(module), machine.emit_assembly(module.clone())
        clock.append(perf_counter())
        image = machine.emit_object(module)
        clock.append(perf_counter())
        library = binding.JITLibraryBuilder().add_object_img(image)
        for name, address in symbols.items():
            library.import_symbol(name, address)
        library.export_symbol("run")
        self._tracker = library.link(_linker(), f"group{next(_numbers)}")
        clock.append(perf_counter())
        steps = zip(("optimising", "emitting", "linking"), clock, clock[1:], strict=False)
        self.seconds = {step: end - begin for step, begin, end in steps}
        sections = binding.ObjectFileRef.from_data(image).sections()
        self.size = sum(section.size() for section in sections if section.is_text())

    def address_of(self, name: str) -> int:
        """The address of an exported function."""
        return int(self._tracker[name])
