"""Build of the Cython modules; everything else is in ``pyproject.toml``."""

import runpy
from pathlib import Path
from sysconfig import get_config_var

from Cython.Build import cythonize
from setuptools import Extension, setup

HERE = Path(__file__).parent
SOURCES = sorted(path.relative_to(HERE) for path in (HERE / "src" / "sema").rglob("*.pyx"))


# How fast the dispatch loop is depends on where its handlers happen to lie: unaligned, the same
# machine code took up to 1.6 times as long.
LOOP = "sema.vm.machine"
LOOP_FLAGS = [] if "clang" in (get_config_var("CC") or "") else ["-falign-labels=32"]


def extension(path: Path) -> Extension:
    """The extension module of one Cython source."""
    name = ".".join(path.relative_to("src").with_suffix("").parts)
    flags = ["-O3", "-fno-strict-aliasing", "-Wno-unreachable-code"]
    return Extension(name, [str(path)], extra_compile_args=flags + LOOP_FLAGS * (name == LOOP))


def generate_opcodes() -> None:
    """Write the Cython enum of the instruction set from its one table."""
    table = HERE / "src" / "sema" / "vm" / "opcodes.py"
    runpy.run_path(str(table))["write_cython_enum"](table.with_suffix(".pxi"))


generate_opcodes()
setup(
    ext_modules=cythonize(
        [extension(path) for path in SOURCES],
        include_path=["src"],
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "cdivision": True,
            "initializedcheck": False,
            "embedsignature": True,
        },
        nthreads=2,
    )
)
