"""Register allocation: a stack of registers per function, and what each of them owns."""

from __future__ import annotations

from sema.expander.core import Variable

MAX_REGISTERS = 32_000


class TooManyRegisters(Exception):
    """The function does not fit into a frame."""


class Registers:
    """The registers of one function while its code is generated.

    ``owned`` is the mask of the registers that hold a value now; ``variables`` says where the
    variables in scope live. Registers are given and taken back like a stack.
    """

    def __init__(self) -> None:
        self.top = 0
        self.highest = 0
        self.owned = 0
        self.variables: dict[Variable, int] = {}
        self.of_variables = 0

    def allocate(self) -> int:
        """The next free register, empty."""
        register = self.top
        self.reserve(1)
        return register

    def reserve(self, count: int) -> None:
        """Take ``count`` registers at once."""
        self.top += count
        if self.top > self.highest:
            self.highest = self.top
            if self.top > MAX_REGISTERS:
                raise TooManyRegisters

    def release(self, top: int) -> None:
        """Give back all registers from ``top`` on; they must be empty."""
        assert not self.owned >> top, "a register is released with a value in it"
        self.top = top

    def own(self, register: int) -> None:
        """The register holds a value from now on."""
        assert not self.owned >> register & 1, "a register is overwritten"
        self.owned |= 1 << register

    def give_up(self, register: int) -> None:
        """The register is empty from now on."""
        assert self.owned >> register & 1, "an empty register is given up"
        self.owned &= ~(1 << register)

    def bind(self, variable: Variable, register: int) -> None:
        """A variable lives in a register that owns its value."""
        self.variables[variable] = register
        self.of_variables |= 1 << register

    def unbind(self, variables: list[Variable]) -> None:
        """The variables go out of scope."""
        for variable in variables:
            self.of_variables &= ~(1 << self.variables.pop(variable))
