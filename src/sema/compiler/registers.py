"""Register allocation: a stack of registers per function, and what each of them owns."""

from __future__ import annotations

from sema.expander.core import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_REGISTERS = 32_000


class TooManyRegisters(Exception):
    """The function does not fit into a frame."""


class Registers:
    """The registers of one function while its code is generated.

    ``owned`` is the mask of the registers that hold a value now; ``variables`` says where the
    variables in scope live. Registers are given and taken back like a stack. ``index`` says which
    bit stands for a variable in masks of variables.
    """

    def __init__(self, index: dict[Variable, int]) -> None:
        self._index = index
        self._by_index = list(index)
        self._live = 0
        self._of_live = 0
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
        self._of_live &= ~self._mask(variable)
        self.variables[variable] = register
        self.of_variables |= 1 << register
        if variable in self._index and self._live >> self._index[variable] & 1:
            self._of_live |= 1 << register

    def unbind(self, variables: list[Variable]) -> None:
        """The variables go out of scope."""
        for variable in variables:
            mask = self._mask(variable)
            self._of_live &= ~mask
            self.of_variables &= ~mask
            del self.variables[variable]

    def of(self, live: int) -> int:
        """The mask of the registers of a mask of variables, as far as they are in scope.

        It is made from the last answer: where the code goes on, few variables make a difference.
        """
        for index in bits(self._live ^ live):
            self._of_live ^= self._mask(self._by_index[index])
        self._live = live
        return self._of_live

    def _mask(self, variable: Variable) -> int:
        register = self.variables.get(variable)
        return 0 if register is None else 1 << register


def bits(mask: int) -> Iterator[int]:
    """The positions of the ones, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
