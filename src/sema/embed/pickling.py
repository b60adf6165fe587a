"""Pickles of functions and of whole interpreters.

A function is pickled as its code, what it has captured, and the names of the globals that it
mentions: in the interpreter that receives it they mean what that has defined. What belongs to the
library is pickled as its name. An interpreter is pickled with all that its programs have defined.

The receiver is the interpreter whose ``loads`` is under way; for ``pickle.loads`` itself it is an
interpreter that the process makes for the purpose. As always with pickles: they must come from
somebody whom one trusts. They are read by the version of Sema that wrote them.
"""

from __future__ import annotations

import pickle
from contextvars import ContextVar
from functools import cache

from sema.compiler.image import NoImage, read_image, write_image
from sema.embed.environment import environment_of
from sema.expander.prelude import BUILTIN_MACROS
from sema.stdlib import registry
from sema.vm.code import LIBRARY_FILE
from sema.vm.foreign import registered
from sema.vm.state import blank_box, blank_closure, box_content, capture, captured, set_box

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.embed.interpreter import Interpreter
    from sema.embed.namespace import Namespace
    from sema.expander.macros import Macro
    from sema.vm.code import Code
    from sema.vm.values import Box, Builtin, Closure

    Reduced = tuple[Any, ...]

_receiver: ContextVar[Interpreter] = ContextVar("receiver")


@cache
def _interpreter_of_the_process() -> Interpreter:
    from sema.embed.interpreter import Interpreter

    return Interpreter()


def receiver() -> Interpreter:
    """The interpreter that gets what is being unpickled."""
    found = _receiver.get(None)
    return _interpreter_of_the_process() if found is None else found


def dumps(value: Any) -> bytes:
    """The pickle of a value. Raises pickle.PicklingError if it cannot have one."""
    try:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except RecursionError:
        raise pickle.PicklingError("the value is nested too deeply") from None
    except (TypeError, AttributeError) as error:
        raise pickle.PicklingError(str(error)) from error


def loads(data: bytes, interpreter: Interpreter) -> Any:
    """The value of a pickle; its functions become the interpreter's."""
    token = _receiver.set(interpreter)
    try:
        return pickle.loads(data)
    finally:
        _receiver.reset(token)


# --- Functions ----------------------------------------------------------------------------------


def reduced_closure(closure: Closure) -> Reduced:
    """How a function of a program is made again."""
    code = closure.code_object
    values = captured(closure)
    if code.unit.file == LIBRARY_FILE and not values and registry.declaration(code.name or ""):
        return library_value, (code.name,)
    return blank_closure, (code, len(values)), values, None, None, capture


def reduced_code(code: Code) -> Reduced:
    """How linked code is made again."""
    try:
        image = write_image([code.unit])
    except NoImage as error:
        raise pickle.PicklingError(f"{code!r} cannot be pickled: {error}") from error
    return linked_code, (_version(), environment_of(code).owner.place, image)


def linked_code(version: str, place: str, image: bytes) -> Code:
    """The code of an image, linked with the environment that ``place`` names."""
    if version != _version():
        raise pickle.UnpicklingError(f"this was pickled by Sema {version}, not {_version()}")
    context = receiver().namespace.context
    owner = context.library if place == LIBRARY_FILE else namespace_at(place)
    return context.machine.link(read_image(image)[0], owner.globals.cell).code_object


def namespace_at(place: str) -> Namespace:
    """The receiver's namespace of a module's file; of the user for the empty text."""
    user = receiver().namespace
    modules = user.context.modules
    if place and place not in modules.namespaces:
        modules.import_alone(place)
    return modules.namespaces[place] if place else user


def _version() -> str:
    from sema import __version__

    return __version__


def reduced_box(box: Box) -> Reduced:
    """How a shared variable is made again."""
    return blank_box, (), box_content(box), None, None, set_box


def reduced_builtin(value: Builtin) -> Reduced:
    """How a builtin is found again, or a function of the embedding program registered again."""
    declared = registry.declaration(value.name)
    module = getattr(value.function, "__module__", None) or "sema."
    remade = getattr(value.function, "__sema_reduce__", None)
    if remade is not None:
        made: Reduced = remade(value)
        return made
    if declared is not None and module.startswith("sema."):
        return library_value, (value.name,)
    most = value.max_args
    return registered, (value.function, value.name, value.min_args, most, value.doc)


def library_value(name: str) -> Any:
    """What a name of the library means to the receiver."""
    return receiver().namespace.first_value(name)


def reduced_macro(macro: Macro) -> Reduced:
    """How a macro is made again, or found in the library."""
    if BUILTIN_MACROS.get(macro.name) is macro:
        return library_value, (macro.name,)
    return (
        type(macro),
        (macro.name, None, macro.min_args, macro.max_args, macro.doc),
        (
            None,
            {"transformer": macro.transformer},
        ),
    )


# --- Interpreters -------------------------------------------------------------------------------


def reduced_interpreter(interpreter: Interpreter, options: dict[str, Any]) -> Reduced:
    """How an interpreter is made again."""
    user = interpreter.namespace
    modules = user.context.modules
    namespaces = {"": user, **modules.namespaces}
    definitions = {
        place: (namespace.definitions(), list(namespace.removed()))
        for place, namespace in namespaces.items()
    }
    state = dumps((definitions, modules.exports, interpreter.argv))
    return restored_interpreter, (options, list(modules.namespaces), state)


def restored_interpreter(options: dict[str, Any], places: list[str], state: bytes) -> Interpreter:
    """An interpreter with the definitions of a pickled one, whose modules are ``places``."""
    from sema.embed.interpreter import Interpreter

    made = Interpreter(**options)
    modules = made.namespace.context.modules
    for place in places:
        modules.add_namespace(place)
    definitions, exports, made.argv = loads(state, made)
    modules.exports.update(exports)
    for place, (defined, removed) in definitions.items():
        globals_ = (modules.namespaces[place] if place else made.namespace).globals
        for name, value in defined.items():
            globals_.cell(name).set(value)
        for name in removed:
            globals_.cell(name).clear()
    return made
