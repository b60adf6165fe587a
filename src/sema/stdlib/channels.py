"""Channels."""

from __future__ import annotations

from sema.errors import EvalError
from sema.stdlib.registry import builtin
from sema.tasks.channel import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.tasks.promise import AsyncPromise

LARGEST_CAPACITY = 1 << 24


@builtin(
    "channel/new",
    doc="A channel whose queue has room for so many values.",
    example="(channel/count (channel/new 8)) => 0",
    tier="T2",
)
def new(capacity: int = 1) -> Channel:
    if not 1 <= capacity <= LARGEST_CAPACITY:
        raise EvalError(
            f"channel/new: capacity must be between 1 and {LARGEST_CAPACITY}, got {capacity}"
        )
    return Channel(capacity)


@builtin(
    "channel/send",
    doc="Puts a value into a channel, waiting as long as that is full.",
    example="(let ((c (channel/new))) (channel/send c 1) (channel/recv c)) => 1",
    tier="T2",
    waits=True,
)
def send(channel: Channel, value: Any) -> AsyncPromise | None:
    return channel.send(value)


@builtin(
    "channel/recv",
    doc="The next value of a channel, waiting for it; nil once the channel is closed and empty.",
    example="(let ((c (channel/new))) (channel/close c) (channel/recv c)) => nil",
    tier="T2",
    waits=True,
)
def receive(channel: Channel) -> AsyncPromise:
    return channel.receive()


@builtin(
    "channel/try-recv",
    doc="The next value of a channel, or nil if there is none now.",
    example="(channel/try-recv (channel/new)) => nil",
    tier="T2",
)
def try_receive(channel: Channel) -> Any:
    return channel.take()


@builtin(
    "channel/close",
    doc="Closes a channel: what is in its queue can still be received.",
    example="(channel/close (channel/new)) => nil",
    tier="T2",
)
def close(channel: Channel) -> None:
    channel.close()


@builtin(
    "channel/closed?",
    doc="Whether a channel is closed.",
    example="(channel/closed? (channel/new)) => #f",
    tier="T2",
)
def is_closed(channel: Channel) -> bool:
    return channel.is_closed


@builtin(
    "channel/empty?",
    doc="Whether a channel's queue is empty.",
    example="(channel/empty? (channel/new)) => #t",
    tier="T2",
)
def is_empty(channel: Channel) -> bool:
    return len(channel) == 0


@builtin(
    "channel/full?",
    doc="Whether a channel's queue has no room.",
    example="(channel/full? (channel/new)) => #f",
    tier="T2",
)
def is_full(channel: Channel) -> bool:
    return len(channel) >= channel.capacity


@builtin(
    "channel/count",
    doc="How many values are in a channel's queue.",
    example="(channel/count (channel/new)) => 0",
    tier="T2",
)
def count(channel: Channel) -> int:
    return len(channel)
