"""Build of the Cython modules; everything else is in ``pyproject.toml``."""

import runpy
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

HERE = Path(__file__).parent
SOURCES = sorted(path.relative_to(HERE) for path in (HERE / "src" / "sema").rglob("*.pyx"))


def generate_opcodes() -> None:
    """Write the Cython enum of the instruction set from its one table."""
    table = HERE / "src" / "sema" / "vm" / "opcodes.py"
    if table.exists():
        runpy.run_path(str(table))["write_cython_enum"](table.with_suffix(".pxi"))


generate_opcodes()
setup(
    ext_modules=cythonize(
        [
            Extension(
                ".".join(path.relative_to("src").with_suffix("").parts),
                [str(path)],
                extra_compile_args=["-O3", "-fno-strict-aliasing", "-Wno-unreachable-code"],
            )
            for path in SOURCES
        ],
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
