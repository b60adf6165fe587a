"""What machine code calls: C functions of the machine by address, and small helpers in LLVM code."""

from __future__ import annotations

from llvmlite import ir

from sema.jit.values import I1, I32, I64, PAYLOAD, POINTER, is_ref, pointer, word
from sema.vm import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
}


class CFunctions:
    """The machine's C functions as LLVM values."""

    def __init__(self, module: ir.Module, addresses: dict[str, int]) -> None:
        self._module = module
        self._addresses = addresses

    def __getitem__(self, name: str) -> Any:
        result, arguments = _SIGNATURES[name]
        kind = ir.FunctionType(result, arguments)
        return word(self._addresses[name]).inttoptr(ir.PointerType(kind))

    def address(self, name: str) -> int:
        return self._addresses[name]


def write_helper(module: ir.Module, functions: CFunctions, name: str) -> ir.Function:
    """Write one of the helpers into a module."""
    result, arguments, write = _HELPERS[name]
    function = ir.Function(module, ir.FunctionType(result, arguments), name.replace(" ", "."))
    function.linkage = "internal"
    function.attributes.add("nounwind")
    if name == "free":
        function.attributes.add("noinline")
        function.attributes.add("cold")
    else:
        function.attributes.add("alwaysinline")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    write(b, functions, module, *function.args)
    return function


def _own(module: ir.Module, functions: CFunctions, name: str) -> ir.Function:
    known = module.globals.get(name.replace(" ", "."))
    return known if known is not None else write_helper(module, functions, name)


def _incref(b: Any, functions: CFunctions, module: ir.Module, raw: Any) -> None:
    with b.if_then(is_ref(b, raw)):
        count = pointer(b, raw)
        b.store(b.add(b.load(count), word(1)), count)
    b.ret_void()


def _decref(b: Any, functions: CFunctions, module: ir.Module, raw: Any) -> None:
    with b.if_then(is_ref(b, raw)):
        b.call(_own(module, functions, "drop"), [raw])
    b.ret_void()


def _drop(b: Any, functions: CFunctions, module: ir.Module, raw: Any) -> None:
    """Give up one reference that a word certainly is."""
    place = pointer(b, raw)
    count = b.sub(b.load(place), word(1))
    b.store(count, place)
    with b.if_then(b.icmp_unsigned("==", count, word(0)), likely=False):
        b.call(functions["dealloc"], [place])
    b.ret_void()


def _is_pair(b: Any, functions: CFunctions, module: ir.Module, raw: Any) -> None:
    _has_type(b, functions, raw, "type Pair")


def _has_type(b: Any, functions: CFunctions, raw: Any, name: str) -> None:
    with b.if_then(is_ref(b, raw), likely=True):
        b.ret(b.icmp_unsigned("==", _type_of(b, raw), word(functions.address(name))))
    b.ret(I1(0))


def _type_of(b: Any, raw: Any) -> Any:
    place = b.gep(pointer(b, raw), [word(native.layout()["ob_type"] // 8)])
    return b.load(place)


def _has_code(b: Any, functions: CFunctions, module: ir.Module, raw: Any, code: Any) -> None:
    """Whether a word is a closure of the code object at the address."""
    with b.if_then(is_ref(b, raw), likely=True):
        of_type = b.icmp_unsigned("==", _type_of(b, raw), word(functions.address("type Closure")))
        with b.if_then(of_type, likely=True):
            place = b.gep(pointer(b, raw), [word(native.layout()["closure code"] // 8)])
            b.ret(b.icmp_unsigned("==", b.load(place), code))
    b.ret(I1(0))


def _own_callee(b: Any, functions: CFunctions, module: ir.Module, place: Any, raw: Any) -> None:
    """A callee that its caller owns has left: now the frame owns it, if it is still there."""
    same = b.icmp_unsigned("==", b.and_(b.load(place), word(PAYLOAD)), b.and_(raw, word(PAYLOAD)))
    with b.if_else(same) as (here, gone):
        with here:
            b.store(raw, place)
        with gone:
            b.call(_own(module, functions, "drop"), [raw])
    b.ret_void()


_HELPERS: dict[str, tuple[ir.Type, list[ir.Type], Callable[..., None]]] = {
    "incref": (_VOID, [I64], _incref),
    "decref": (_VOID, [I64], _decref),
    "drop": (_VOID, [I64], _drop),
    "is type Pair": (I1, [I64], _is_pair),
    "has code": (I1, [I64, I64], _has_code),
    "own callee": (_VOID, [POINTER, I64], _own_callee),
}
