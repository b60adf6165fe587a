"""Ambient context: values that belong to a task and that the tasks it spawns inherit."""

from __future__ import annotations

from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.values import make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.embed.namespace import Context as Interpreter


NOTHING = Map.from_pairs([])


class Context:
    """The context of one task: frames of values, the innermost last, and beside them stacks by
    name and hidden values. All are persistent maps, so that inheriting them copies little."""

    def __init__(self) -> None:
        self.frames: list[Map] = [NOTHING]
        self.stacks = NOTHING
        self.hidden = NOTHING

    def inherited(self) -> Context:
        """What a task gets that is spawned now."""
        made = Context()
        made.frames = list(self.frames)
        made.stacks = self.stacks
        made.hidden = self.hidden
        return made

    def find(self, key: Any) -> Map | None:
        """The innermost frame that has the key."""
        return next((frame for frame in reversed(self.frames) if key in frame), None)


def _context(interpreter: Interpreter) -> Context:
    belongings = interpreter.scheduler.task_locals()
    context: Context | None = belongings.get("context")
    if context is None:
        context = belongings["context"] = Context()
    return context


@builtin(
    "context/set",
    doc="Sets a value of the context, in its innermost frame.",
    example='(begin (context/set :user "ann") (context/get :user)) => "ann"',
    tier="T2",
    owned=True,
)
def set_value(interpreter: Interpreter, key: Any, value: Any) -> None:
    frames = _context(interpreter).frames
    frames[-1] = frames[-1].assoc(key, value)


@builtin(
    "context/get",
    doc="The innermost value of a key in the context, or nil.",
    example="(context/get :nothing) => nil",
    tier="T2",
    owned=True,
)
def get_value(interpreter: Interpreter, key: Any) -> Any:
    frame = _context(interpreter).find(key)
    return None if frame is None else frame[key]


@builtin(
    "context/has?",
    doc="Whether the context has a value for a key.",
    example="(context/has? :nothing) => #f",
    tier="T2",
    owned=True,
)
def has_value(interpreter: Interpreter, key: Any) -> bool:
    return _context(interpreter).find(key) is not None


@builtin(
    "context/all",
    doc="The map of all values of the context, the innermost of each key.",
    example="(context/with {:a 1} (lambda () (:a (context/all)))) => 1",
    tier="T2",
    owned=True,
)
def all_values(interpreter: Interpreter) -> Map:
    merged = NOTHING
    for frame in _context(interpreter).frames:
        merged = merged.merge(frame)
    return merged


@builtin(
    "context/merge",
    doc="Sets every entry of a map in the innermost frame of the context.",
    example="(begin (context/merge {:a 1 :b 2}) (context/get :b)) => 2",
    tier="T2",
    owned=True,
)
def merge(interpreter: Interpreter, values: Map) -> None:
    frames = _context(interpreter).frames
    frames[-1] = frames[-1].merge(values)


@builtin(
    "context/remove",
    doc="Removes a key from every frame of the context; its innermost value, or nil.",
    example="(begin (context/set :a 1) (context/remove :a)) => 1",
    tier="T2",
    owned=True,
)
def remove(interpreter: Interpreter, key: Any) -> Any:
    context = _context(interpreter)
    frame = context.find(key)
    value = None if frame is None else frame[key]
    context.frames = [frame.dissoc(key) for frame in context.frames]
    return value


@builtin(
    "context/pull",
    doc="The same as `context/remove`.",
    example="(begin (context/set :a 1) (context/pull :a)) => 1",
    tier="T2",
    owned=True,
)
def pull(interpreter: Interpreter, key: Any) -> Any:
    return remove(interpreter, key)


@builtin(
    "context/clear",
    doc="Makes the context one empty frame.",
    example="(begin (context/set :a 1) (context/clear) (context/get :a)) => nil",
    tier="T2",
    owned=True,
)
def clear(interpreter: Interpreter) -> None:
    _context(interpreter).frames = [NOTHING]


@builtin(
    "__vm-enter-context",
    doc="Adds a frame to the context; gives how many there were.",
    example="(__vm-leave-context (__vm-enter-context {:a 1})) => nil",
    owned=True,
)
def enter(interpreter: Interpreter, values: Map) -> int:
    frames = _context(interpreter).frames
    frames.append(values)
    return len(frames) - 1


@builtin(
    "__vm-leave-context",
    doc="Takes the frames off the context that were added to so many.",
    example="(__vm-leave-context (__vm-enter-context {:a 1})) => nil",
    owned=True,
)
def leave(interpreter: Interpreter, n_before: int) -> None:
    frames = _context(interpreter).frames
    del frames[max(n_before, 1) :]


# --- Stacks and hidden values ---------------------------------------------------------------------


@builtin(
    "context/push",
    doc="Puts a value on the context's stack of that name.",
    example="(begin (context/push :log 1) (context/push :log 2) (context/stack :log)) => (1 2)",
    tier="T2",
    owned=True,
)
def push(interpreter: Interpreter, name: Any, value: Any) -> None:
    context = _context(interpreter)
    stack = context.stacks.get(name, ())
    context.stacks = context.stacks.assoc(name, (*stack, value))


@builtin(
    "context/pop",
    doc="Takes the last value off the context's stack of that name; nil if there is none.",
    example="(begin (context/push :todo 1) (context/pop :todo)) => 1",
    tier="T2",
    owned=True,
)
def pop(interpreter: Interpreter, name: Any) -> Any:
    context = _context(interpreter)
    stack = context.stacks.get(name, ())
    if not stack:
        return None
    context.stacks = context.stacks.assoc(name, stack[:-1])
    return stack[-1]


@builtin(
    "context/stack",
    doc="The values on the context's stack of that name, the oldest first.",
    example="(context/stack :nothing) => ()",
    tier="T2",
    owned=True,
)
def stack(interpreter: Interpreter, name: Any) -> Any:
    return make_list(_context(interpreter).stacks.get(name, ()))


@builtin(
    "context/set-hidden",
    doc="Sets a value that context/get and context/all do not show.",
    example='(begin (context/set-hidden :token "t") (context/get :token)) => nil',
    tier="T2",
    owned=True,
)
def set_hidden(interpreter: Interpreter, key: Any, value: Any) -> None:
    context = _context(interpreter)
    context.hidden = context.hidden.assoc(key, value)


@builtin(
    "context/get-hidden",
    doc="The hidden value of a key, or nil.",
    example='(begin (context/set-hidden :key "k") (context/get-hidden :key)) => "k"',
    tier="T2",
    owned=True,
)
def get_hidden(interpreter: Interpreter, key: Any) -> Any:
    return _context(interpreter).hidden.get(key)


@builtin(
    "context/has-hidden?",
    doc="Whether there is a hidden value for a key.",
    example="(context/has-hidden? :nothing) => #f",
    tier="T2",
    owned=True,
)
def has_hidden(interpreter: Interpreter, key: Any) -> bool:
    return key in _context(interpreter).hidden
