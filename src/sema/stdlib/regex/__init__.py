"""Regular expressions in linear time: no pattern can make a program hang."""

from sema.stdlib.regex import builtins  # noqa: F401: declares them
