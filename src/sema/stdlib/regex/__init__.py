"""Regular expressions in linear time: no pattern can make a program hang."""

from sema.stdlib.regex import builtins as builtins  # which declares them
