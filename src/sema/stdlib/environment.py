"""The process's environment and the machine it runs on."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from time import perf_counter_ns

from sema.errors import EvalError
from sema.stdlib.outside import io_errors, keyword_map, readable
from sema.stdlib.registry import STARTED, builtin, declare_elsewhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.vm.maps import Map

_PLATFORMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_ARCHITECTURES = {"arm64": "aarch64", "AMD64": "x86_64"}


def _variable(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value is None else readable(value)


# --- Environment variables ------------------------------------------------------------------------


@builtin(
    "env",
    doc="The value of an environment variable, nil if it is not set.",
    example='(env "NO_SUCH_VARIABLE") => nil',
    capability="env-read",
    tier="T2",
)
def env(name: str) -> str | None:
    return _variable(name)


@builtin(
    "sys/env-all",
    doc="A map of all environment variables.",
    example="(map? (sys/env-all)) => #t",
    capability="env-read",
    tier="T2",
)
def all_variables() -> Map:
    return keyword_map({readable(name): readable(value) for name, value in os.environ.items()})


@builtin(
    "sys/set-env",
    doc="Sets an environment variable of this process.",
    example='(sys/set-env "COLOUR" "blue")',
    capability="env-write",
    tier="T2",
)
def set_variable(name: str, value: str) -> None:
    try:
        os.environ[name] = value
    except (OSError, ValueError) as error:
        raise EvalError(f"sys/set-env: not a possible variable: {name}={value}") from error


# --- Places ---------------------------------------------------------------------------------------


@builtin(
    "sys/cwd",
    doc="The working directory.",
    example="(path/absolute? (sys/cwd)) => #t",
    capability="env-read",
    tier="T2",
)
def working_directory() -> str:
    with io_errors("sys/cwd"):
        return readable(os.getcwd())


@builtin(
    "sys/home-dir",
    doc="The user's home directory as the environment says it, or nil.",
    example="(sys/home-dir)",
    capability="env-read",
    tier="T2",
)
def home_directory() -> str | None:
    return _variable("HOME")


@builtin(
    "sys/config-dir",
    doc="The directory of the user's settings.",
    example="(string? (sys/config-dir)) => #t",
    capability="env-read",
    tier="T2",
)
def settings_directory() -> str:
    return _variable("XDG_CONFIG_HOME") or readable(os.path.expanduser("~/.config"))


@builtin(
    "sys/sema-home",
    doc="The directory of Sema's own settings and packages.",
    example="(string? (sys/sema-home)) => #t",
    capability="env-read",
    tier="T2",
)
def sema_home() -> str:
    from sema.home import home

    return readable(home())


@builtin(
    "sys/temp-dir",
    doc="The directory of temporary files.",
    example="(file/is-directory? (sys/temp-dir)) => #t",
    capability="env-read",
    tier="T2",
)
def temporary_directory() -> str:
    with io_errors("sys/temp-dir"):
        return readable(tempfile.gettempdir())


@builtin(
    "sys/which",
    doc="The path of the program that a command's name means, or nil.",
    example='(sys/which "no such program") => nil',
    capability="process",
    tier="T2",
)
def which(name: str) -> str | None:
    found = shutil.which(name)
    return None if found is None else readable(found)


# --- The process and its machine ------------------------------------------------------------------

declare_elsewhere(
    "sys/args",
    (),
    "",
    "The command line, the name of the program first.",
    "(list? (sys/args)) => #t",
    "process",
    "T2",
)


@builtin(
    "sys/pid",
    doc="The number of the process.",
    example="(> (sys/pid) 0) => #t",
    capability="process",
    tier="T2",
)
def process_id() -> int:
    return os.getpid()


@builtin(
    "sys/user",
    doc="The user's name as the environment says it, or nil.",
    example="(sys/user)",
    capability="env-read",
    tier="T2",
)
def user() -> str | None:
    return _variable("USER") or _variable("LOGNAME")


@builtin(
    "sys/elapsed",
    doc="Nanoseconds since Sema started.",
    example="(> (sys/elapsed) 0) => #t",
    tier="T2",
    capability="clock",
)
def elapsed() -> int:
    return perf_counter_ns() - STARTED


@builtin(
    "sys/platform",
    doc='The kind of system: "linux", "macos", "windows" or "unknown".',
    example="(string? (sys/platform)) => #t",
    tier="T2",
    capability="host",
)
def platform() -> str:
    return _PLATFORMS.get(sys.platform, "unknown")


@builtin(
    "sys/os",
    doc="The name of the system.",
    example="(string? (sys/os)) => #t",
    tier="T2",
    capability="host",
)
def system() -> str:
    return _PLATFORMS.get(sys.platform, sys.platform)


@builtin(
    "sys/arch",
    doc='The kind of processor, such as "x86_64".',
    example="(string? (sys/arch)) => #t",
    tier="T2",
    capability="host",
)
def architecture() -> str:
    from platform import machine

    return _ARCHITECTURES.get(machine(), machine())


@builtin(
    "sys/hostname",
    doc="The name of the machine, or nil.",
    example="(sys/hostname)",
    tier="T2",
    capability="host",
)
def host_name() -> str | None:
    from platform import node

    return readable(node()) or None


@builtin(
    "sys/interner-stats",
    doc="A map of the :count of interned names and of their :bytes.",
    example="(> (:count (sys/interner-stats)) 0) => #t",
    tier="T2",
)
def interned() -> Map:
    from sema.vm.values import interned_names

    names = interned_names()
    return keyword_map({"count": len(names), "bytes": sum(len(name.encode()) for name in names)})


# --- The terminal below ---------------------------------------------------------------------------


def _descriptors() -> list[int]:
    """The descriptors of standard output, error and input, as far as they have any."""
    found = []
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            found.append(stream.fileno())
        except (AttributeError, OSError, ValueError):
            continue
    return found


@builtin(
    "sys/interactive?",
    doc="Whether standard input is a terminal.",
    example="(bool? (sys/interactive?)) => #t",
    tier="T2",
    capability="host",
)
def is_interactive() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


@builtin(
    "sys/tty",
    doc="The device of the terminal that is standard input, or nil.",
    example="(sys/tty)",
    tier="T2",
    capability="host",
)
def terminal() -> str | None:
    try:
        return os.ttyname(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):
        return None


@builtin(
    "sys/term-size",
    doc="A map of the :rows and :cols of the terminal, nil if there is none.",
    example="(sys/term-size)",
    tier="T2",
    capability="host",
)
def terminal_size() -> Map | None:
    for descriptor in _descriptors():
        try:
            size = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return keyword_map({"rows": size.lines, "cols": size.columns})
    return None
