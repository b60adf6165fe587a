"""LLVM: text of a module in, addresses of machine code out."""

from __future__ import annotations

from llvmlite import binding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_target: Any = None


def _machine(level: int) -> Any:
    global _target
    if _target is None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        _target = binding.Target.from_default_triple()
    return _target.create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=level,
        jit=True,
    )


class Engine:
    """The machine code of one module, for as long as this object lives."""

    def __init__(self, text: str, level: int, functions: dict[str, int]) -> None:
        machine = _machine(level)
        module = binding.parse_assembly(text)
        options = binding.create_pipeline_tuning_options(speed_level=level)
        passes = binding.create_pass_builder(machine, options)
        passes.getModulePassManager().run(module, passes)
        self._engine = binding.create_mcjit_compiler(module, machine)
        left = {function.name for function in module.functions}
        for name, address in functions.items():
            if name in left:
                self._engine.add_global_mapping(module.get_function(name), address)
        self._engine.finalize_object()

    def address_of(self, name: str) -> int:
        return int(self._engine.get_function_address(name))
