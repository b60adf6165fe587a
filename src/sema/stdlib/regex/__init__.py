"""Regular expressions in linear time: no pattern can make a program hang."""

from sema.stdlib.regex import functions as functions  # which declares them
