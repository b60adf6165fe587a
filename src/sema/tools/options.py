"""The options of the command line, declared once: parser, help and completions derive from it."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, whose import takes long
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

SANDBOX_HELP = "deny powers: strict, all, none, or names with commas between"
ALLOWED_PATHS_HELP = "the only directories for files, with commas between"

CALL_CACHES = ("none", "vm", "site", "patched")


class UsageError(Exception):
    """A command line that cannot be understood; the program ends with status 2."""


class BadSandbox(Exception):
    """A sandbox that there cannot be; the program ends with status 1."""


class Options:
    """What a command line asks for. ``actions`` are run in the order in which they were given."""

    def __init__(self) -> None:
        self.actions: list[tuple[str, str]] = []
        self.file: str | None = None
        self.arguments: list[str] = []
        self.interactive = False
        self.quiet = False
        self.debug = False
        self.help = False
        self.version = False
        self.call_cache = "patched"
        self.call_stats = False
        self.jit = True
        self.jit_stats = False
        self.sandbox: str | None = None
        self.allowed_paths: str | None = None
        # Seconds, None for no limit.
        self.timeout: float | None = None


class Option:
    """One option: its spellings, the name of its value if it takes one, what it does."""

    __slots__ = ("apply", "choices", "names", "text", "value")

    def __init__(
        self,
        names: tuple[str, ...],
        value: str | None,
        text: str,
        apply: Callable[[Options, str], Any],
        choices: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.value = value
        self.text = text
        self.apply = apply
        self.choices = choices


def _action(kind: str) -> Callable[[Options, str], None]:
    return lambda options, value: options.actions.append((kind, value))


def _flag(name: str) -> Callable[[Options, str], None]:
    return lambda options, _value: setattr(options, name, True)


def _ignore(_options: Options, _value: str) -> None:
    """For options that other programs of the language have and that mean nothing here."""


def _set_jit(options: Options, value: str) -> None:
    options.jit = value == "on"


def _set_sandbox(options: Options, value: str) -> None:
    options.sandbox = value


def _set_allowed_paths(options: Options, value: str) -> None:
    options.allowed_paths = value


def _set_call_cache(options: Options, value: str) -> None:
    options.call_cache = value


OPTIONS = (
    Option(("-e", "--eval"), "EXPR", "run EXPR, print its value unless nil", _action("eval")),
    Option(("-p", "--print"), "EXPR", "run EXPR, print its value on one line", _action("print")),
    Option(("-l", "--load"), "FILE", "run FILE first; may be repeated", _action("load")),
    Option(("-i", "--interactive"), None, "start the REPL afterwards", _flag("interactive")),
    Option(("-q", "--quiet"), None, "no banner in the REPL", _flag("quiet")),
    Option(
        ("--call-cache",),
        "KIND",
        f"call-site cache: {', '.join(CALL_CACHES)} (default patched)",
        _set_call_cache,
        CALL_CACHES,
    ),
    Option(("--call-stats",), None, "print what each call site did", _flag("call_stats")),
    Option(("--jit",), "SWITCH", "machine code for hot code: on, off", _set_jit, ("on", "off")),
    Option(("--jit-stats",), None, "print what became of hot code", _flag("jit_stats")),
    Option(("--no-llm",), None, "accepted, without effect", _ignore),
    Option(("--vm",), None, "accepted, without effect", _ignore),
    Option(("--sandbox",), "MODE", SANDBOX_HELP, _set_sandbox),
    Option(("--allowed-paths",), "DIRS", ALLOWED_PATHS_HELP, _set_allowed_paths),
    Option(("--debug",), None, "show Python tracebacks of internal errors", _flag("debug")),
    Option(("-V", "--version"), None, "print the version", _flag("version")),
    Option(("-h", "--help"), None, "print this help", _flag("help")),
)

_BY_NAME = {name: option for option in OPTIONS for name in option.names}


def parse(argv: Sequence[str]) -> Options:
    """Read the words of a command line without the program's name.

    Raises :class:`UsageError` for an unknown option, a missing or unknown value and for
    arguments that are not separated from the file by ``--``.
    """
    options = Options()
    words = iter(argv)
    for word in words:
        if word == "--":
            options.arguments = list(words)
        elif word == "-" or not word.startswith("-"):
            if options.file is not None:
                raise UsageError(f"unexpected argument '{word}'; put '--' before the arguments")
            options.file = word
        else:
            _apply_option(options, word, words)
    return options


def _apply_option(options: Options, word: str, words: Iterator[str]) -> None:
    name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
    option = _BY_NAME.get(name)
    if option is None:
        raise UsageError(f"unknown option '{word}'")
    if option.value is None:
        if equals:
            raise UsageError(f"option '{name}' takes no value")
    elif not equals:
        given = next(words, None)
        if given is None:
            raise UsageError(f"option '{name}' needs a value: {option.value}")
        value = given
    if option.choices and value not in option.choices:
        raise UsageError(f"option '{name}' is one of {', '.join(option.choices)}, not '{value}'")
    option.apply(options, value)


def describe() -> str:
    """The help text's list of options, one line each."""
    lines = []
    for option in OPTIONS:
        usage = ", ".join(option.names)
        if option.value:
            usage += f" {option.value}"
        lines.append(f"  {usage:<26} {option.text}")
    return "\n".join(lines)
