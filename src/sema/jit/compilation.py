"""From the text of a group to its machine code: what may be done in another thread."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter

from sema.jit.llvm import Engine, emitted, key_of, listing, optimised, size_of
from sema.jit.worker import worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sema.jit.store import Store


class Compilation:
    """A module's text that becomes machine code when it is called, unless that is in the store.

    Then ``engine`` is the machine code, or None if the process is about to end; ``seconds`` says
    how long each step took, ``size`` how many bytes of instructions there are, and ``listing``, if
    it is ``shown``, is the optimised module and the assembly.
    """

    def __init__(
        self,
        text: str,
        level: int,
        symbols: dict[str, int],
        store: Store | None = None,
        shown: bool = False,
    ) -> None:
        self._text = text
        self._level = level
        self._symbols = symbols
        self._store = store
        self._shown = shown
        self.listing: tuple[str, str] | None = None
        self.is_recalled = False
        self.engine: Engine | None = None
        self.size = 0
        self.seconds: dict[str, float] = {}

    def __call__(self) -> None:
        image = self._kept_image() or self._made_image()
        if image is None:
            return
        with self._timed("linking"):
            self.engine = Engine(image, self._symbols)
        self.size = size_of(image)

    def _kept_image(self) -> bytes | None:
        if self._store is None:
            return None
        key = key_of(self._text, self._level)
        image = self._store.read(key.hex(), key)
        self.is_recalled = image is not None
        return image

    def _made_image(self) -> bytes | None:
        with self._timed("optimising"):
            module = optimised(self._text, self._level)
        if self._shown:
            self.listing = listing(module, self._level)
        if worker.closing:
            return None
        with self._timed("emitting"):
            image = emitted(module, self._level)
        if self._store is not None:
            key = key_of(self._text, self._level)
            self._store.write(key.hex(), key, image)
        return image

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[step] = perf_counter() - began
