"""What machine code calls: C functions of the machine, and small helpers in LLVM code."""

from __future__ import annotations

from llvmlite import ir

from sema.jit.kinds import INSTANCES
from sema.jit.values import I1, I32, I64, POINTER, is_ref, pointer, word
from sema.vm import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.jit.links import Links

LAYOUT = native.layout()
"""Distances, in bytes, of fields from the beginning of their objects."""

_VOID = ir.VoidType()
_SIGNATURES = {
    "operate": (I32, [POINTER, I64]),
    "slow_test": (I32, [POINTER, I64]),
    "make_closure": (I64, [POINTER, I64, POINTER]),
    "make_vector": (I64, [POINTER, I64]),
    "make_map": (I64, [POINTER, I64]),
    "new_box": (I64, [I64]),
    "cons": (I64, [I64, I64]),
    "set_quietly": (I32, [I64, I64, I32]),
    "call_builtin": (I64, [I64, I64, POINTER, I64]),
    "gather_rest": (I32, [POINTER, I64, I64]),
    "dealloc": (_VOID, [POINTER]),
    "leave": (_VOID, [I64, POINTER, I64, I64, I64, I64]),
    "follow": (_VOID, [I64, POINTER, I64, I64]),
}
_COLD = ("leave", "follow")


class CFunctions:
    """The machine's C functions as LLVM values."""

    def __init__(self, module: ir.Module, addresses: dict[str, int]) -> None:
        self._module = module
        self._addresses = addresses
        self._declared: dict[str, ir.Function] = {}

    def __getitem__(self, name: str) -> ir.Function:
        if name not in self._declared:
            kind = ir.FunctionType(*_SIGNATURES[name])
            function = ir.Function(self._module, kind, f"sema.{name}")
            function.attributes.add("nounwind")
            if name in _COLD:
                function.attributes.add("cold")
            self._declared[name] = function
        return self._declared[name]

    @property
    def declared(self) -> dict[str, int]:
        """The addresses of those that are used, by their names in the module."""
        return {f.name: self._addresses[name] for name, f in self._declared.items()}

    def address(self, name: str) -> int:
        return self._addresses[name]


class Helpers:
    """The helpers of a module, each written when it is first used."""

    def __init__(self, module: ir.Module, functions: CFunctions, links: Links) -> None:
        self.module = module
        self.functions = functions
        self.links = links
        self._written: dict[str, ir.Function] = {}

    def __getitem__(self, name: str) -> ir.Function:
        if name not in self._written:
            result, arguments, write = _HELPERS[name]
            kind = ir.FunctionType(result, arguments)
            function = ir.Function(self.module, kind, f"sema.{name.replace(' ', '.')}")
            function.linkage = "internal"
            function.attributes.add("nounwind")
            function.attributes.add("alwaysinline")
            self._written[name] = function
            write(ir.IRBuilder(function.append_basic_block("entry")), self, *function.args)
        return self._written[name]

    def address(self, name: str) -> Any:
        """The address of something of the machine's, as a word."""
        return self.links.word(self.functions.address(name))


def _incref(b: Any, helpers: Helpers, raw: Any) -> None:
    with b.if_then(is_ref(b, raw)):
        count = pointer(b, raw)
        b.store(b.add(b.load(count), word(1)), count)
    b.ret_void()


def _decref(b: Any, helpers: Helpers, raw: Any) -> None:
    with b.if_then(is_ref(b, raw)):
        b.call(helpers["drop"], [raw])
    b.ret_void()


def _drop(b: Any, helpers: Helpers, raw: Any) -> None:
    """Give up one reference that a word certainly is."""
    place = pointer(b, raw)
    count = b.sub(b.load(place), word(1))
    b.store(count, place)
    with b.if_then(b.icmp_unsigned("==", count, word(0)), likely=False):
        b.call(helpers.functions["dealloc"], [place])
    b.ret_void()


def _has_type(name: str) -> Callable[..., None]:
    def write(b: Any, helpers: Helpers, raw: Any) -> None:
        with b.if_then(is_ref(b, raw), likely=True):
            b.ret(b.icmp_unsigned("==", _type_of(b, raw), helpers.address(name)))
        b.ret(I1(0))

    return write


def _type_of(b: Any, raw: Any) -> Any:
    place = b.gep(pointer(b, raw), [word(LAYOUT["ob_type"] // 8)])
    return b.load(place)


def _has_code(b: Any, helpers: Helpers, raw: Any, code: Any) -> None:
    """Whether a word is a closure of the code object at the address."""
    with b.if_then(is_ref(b, raw), likely=True):
        of_type = b.icmp_unsigned("==", _type_of(b, raw), helpers.address("type Closure"))
        with b.if_then(of_type, likely=True):
            place = b.gep(pointer(b, raw), [word(LAYOUT["closure code"] // 8)])
            b.ret(b.icmp_unsigned("==", b.load(place), code))
    b.ret(I1(0))


_HELPERS: dict[str, tuple[ir.Type, list[ir.Type], Callable[..., None]]] = {
    "incref": (_VOID, [I64], _incref),
    "decref": (_VOID, [I64], _decref),
    "drop": (_VOID, [I64], _drop),
    "has code": (I1, [I64, I64], _has_code),
}
for _name in (*INSTANCES.values(), "type str"):
    _HELPERS[f"is {_name}"] = I1, [I64], _has_type(_name)
