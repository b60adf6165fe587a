# cython: language_level=3
"""The scheduler: one queue of tasks that are ready, one of timers, one of news from outside.

Cooperative and deterministic: tasks run in the order in which they became ready, each until it
waits or its turn is over (so many calls and jumps, see ``tick`` in ``vm/machine.pyx``). Timers go
by a virtual clock, which stands at the deadline of the timer that fired last: of two sleeps that
begin together the shorter one ends first, however long the code between them takes. They fire when
no task is ready, or when tasks have been ready for too long.
"""

from _weakrefset import WeakSet
from collections import deque
from heapq import heappop, heappush
from time import monotonic, sleep

from sema.tasks.promise cimport CANCELLED, PENDING, REJECTED, RESOLVED, AsyncPromise, Waiter
from sema.vm.coroutine cimport Coroutine, may_park, park
from sema.vm.limits cimport Limits, Run
from sema.vm.machine cimport Machine
from sema.vm.values cimport to_word
from sema.vm.word cimport NIL, Word

from sema.errors import CancelledError, EvalError, SemaError, StuckError
from sema.tasks.promise import EXPLICIT

cdef enum:
    # Turns inside turns, where code waits that cannot be parked.
    MOST_NESTED = 64
    # Timers that are due do not wait for tasks that are ready any more after so many short turns;
    # a turn that was used up counts for many.
    PATIENCE = 1000
    WHOLE_TURN = 50
    # Waiting tasks that an error's note lists.
    MOST_LISTED = 10


cdef class Task(Waiter):
    """A coroutine and the promise of its result."""

    cdef int notify(self, AsyncPromise promise) except -1:
        self.scheduler.ready.append(self)
        return 0

    cdef int interrupt(self, error) except -1:
        """Raise an error where the task stands, or waits next."""
        self.interruption = error
        if self.waits_for is not None and self.waits_for.state == PENDING:
            self.waits_for.leave(self)
            self.scheduler.ready.append(self)
        return 0

    def __str__(self):
        span = self.coroutine.place()
        what = f"waits in {self.waits_for.operation}"
        return what if span is None else f"{what} at {span}"


cdef class InPlace(Waiter):
    """Code that waits on the machine's stack while others run above it. Like a task it goes on
    when its turn comes."""

    cdef Scheduler scheduler
    cdef bint has_turn

    cdef int notify(self, AsyncPromise promise) except -1:
        self.scheduler.ready.append(self)
        return 0


cdef class Scheduler:
    """The tasks of one machine."""

    def __init__(self, Machine machine):
        self.machine = machine
        self.ready = deque()
        self.timers = []
        self.locals = {}
        self.unfinished = WeakSet()
        self.idle = []

    # --- What programs ask for -------------------------------------------------------------------

    cpdef AsyncPromise spawn(self, function):
        """Queue a task that calls the function; gives the promise of its result."""
        cdef Task task = Task.__new__(Task)
        task.scheduler = self
        self.n_tasks += 1
        task.number = self.n_tasks
        task.coroutine = Coroutine(self.machine, function)
        if self.machine.limits is not None:
            task.charged = self.machine.limits.run
        task.promise = AsyncPromise(task)
        task.locals = {
            key: value.inherited() for key, value in self.task_locals().items()
            if hasattr(value, "inherited")
        }
        self.unfinished.add(task)
        self.ready.append(task)
        return task.promise

    def cancel(self, AsyncPromise promise):
        """Cancel the task of a promise. Gives whether it was pending and has a task."""
        cdef Task task = promise.task
        if task is None:
            return False
        promise.settle(CANCELLED, None)
        self.unfinished.discard(task)
        if task.coroutine.started:
            task.interrupt(CancelledError("task was cancelled", reason=EXPLICIT))
        else:
            task.coroutine.close()
        return True

    def sleep(self, double milliseconds, str operation="async/sleep"):
        """The promise of nil in so many milliseconds."""
        promise = AsyncPromise(None, operation, do_nothing)
        self.n_timers += 1
        time = monotonic()
        if self.is_new_run or not self.timers:
            self.set_clock(time)
        deadline = self.now + milliseconds
        heappush(self.timers, (deadline, self.n_timers, time + milliseconds / 1000, promise))
        return promise

    cdef int set_clock(self, double time) except -1:
        """Nothing of what was before must be ordered with what comes: the virtual clock catches up
        with the real one, as far as the timers that wait let it."""
        cdef double now = time * 1000
        self.is_new_run = False
        if self.timers and self.timers[0][0] < now:
            now = self.timers[0][0]
        if now > self.now:
            self.now = now
        return 0

    def outside(self, function, arguments, str operation):
        """The promise of the result of a function that waits for the world, in another thread."""
        if self.world is None:
            from sema.tasks.world import World
            self.world = World(self.listener)
        return self.world.call(function, arguments, operation)

    def when_idle(self):
        """The promise of nil when no other task can go on."""
        promise = AsyncPromise(None, "async/run", do_nothing)
        self.idle.append(promise)
        return promise

    def task_locals(self):
        """What belongs to the running task alone, by name; a value with a method ``inherited``
        gives the tasks that this one spawns their own."""
        return self.locals if self.current is None else self.current.locals

    def is_cancelled(self):
        """Whether the running task has been cancelled."""
        return self.current is not None and self.current.promise.state == CANCELLED

    # --- Waiting ---------------------------------------------------------------------------------

    cdef bint parks(self, AsyncPromise promise, Word* args, Py_ssize_t n) except -1:
        """Let the running code wait until a promise is settled, for the builtin that has these
        arguments. True if its task is parked: then the builtin returns ABSENT, without an error,
        and the promise's outcome takes the place of its result."""
        cdef Task task = self.current
        if task is not None and task.interruption is not None:
            error, task.interruption = task.interruption, None
            raise error
        if promise.state == PENDING:
            if may_park(self.machine, args, n):
                promise.add(task)
                task.waits_for = promise
                park(self.machine)
                return True
            self.wait_in_place(promise)
        return False

    def wait_in_place(self, AsyncPromise promise):
        """Let other tasks run until the promise is settled."""
        cdef InPlace waiter
        if promise.state != PENDING:
            return
        if self.nesting >= MOST_NESTED:
            raise EvalError("async scheduler: too many calls between Sema and Python that wait")
        waiter = InPlace.__new__(InPlace)
        waiter.scheduler = self
        promise.add(waiter)
        self.nesting += 1
        try:
            while not waiter.has_turn:
                if not self.step() and not self.rouse():
                    raise self.stuck(promise)
        except BaseException:
            if promise.state == PENDING:
                promise.leave(waiter)
            raise
        finally:
            self.nesting -= 1

    def stuck(self, AsyncPromise promise):
        """The error of code that waits for the promise while nothing can go on."""
        message = {
            "channel/recv": "channel/recv: channel is empty",
            "channel/send": "channel/send: channel is full",
        }.get(promise.operation, "async scheduler: all tasks blocked (deadlock detected)")
        return StuckError(message, note=self.report())

    def report(self):
        """What the tasks wait for that cannot go on, or None."""
        cdef Task task
        cdef list lines = []
        for task in sorted(self.unfinished, key=task_number):
            if task.waits_for is not None and task.waits_for.state == PENDING:
                lines.append(str(task))
        if not lines:
            return None
        more = f"; and {len(lines) - MOST_LISTED} more" if len(lines) > MOST_LISTED else ""
        return "one task " + "; another one ".join(lines[:MOST_LISTED]) + more

    # --- Turns -----------------------------------------------------------------------------------

    def has_ready(self):
        """Whether any task is ready."""
        return len(self.ready) > 0

    cpdef bint turn_is_over(self) except -1:
        """Whether code that has run for a whole turn shall let others run."""
        self.turns += WHOLE_TURN
        return self.look_around() or len(self.ready) > 0 or self.listener is not None

    def has_others(self):
        """Whether anybody else has something to do while the running code waits for the world."""
        return self.listener is not None or len(self.unfinished) > 0

    @property
    def is_driven(self):
        """Whether an event loop gives the tasks their turns."""
        return self.listener is not None

    def expect_news(self):
        """A promise will be settled by the event loop."""
        self.expected += 1

    def bring_news(self):
        """A promise has been settled by the event loop, which shall give the tasks their turns."""
        self.expected -= 1
        if self.listener is not None:
            self.listener()

    def listen(self, listener):
        """Call the listener, in any thread, whenever something has come from outside."""
        self.listener = listener
        if self.world is not None:
            self.world.listener = listener

    def take_turns(self):
        """Give each task that is ready now a turn."""
        if self.nesting >= MOST_NESTED:
            return
        self.nesting += 1
        try:
            for _ in range(len(self.ready)):
                if self.ready:
                    self.take_turn(self.ready.popleft())
        finally:
            self.nesting -= 1

    def run_for(self, double seconds):
        """Give turns for so long. Gives whether tasks are still ready."""
        cdef double end = monotonic() + seconds
        while self.step():
            if monotonic() > end:
                return True
        return False

    def give_up(self, AsyncPromise promise):
        """End the task of a promise that nothing can settle any more, with a fitting error."""
        cdef Task task = promise.task
        if task is not None and task.waits_for is not None:
            task.interrupt(self.stuck(task.waits_for))

    def drain(self):
        """Let the tasks run until all of them wait."""
        while self.ready:
            self.take_turn(self.ready.popleft())
        self.is_new_run = True

    cdef bint step(self) except -1:
        """Give the next task its turn. False if none is ready."""
        self.look_around()
        if not self.ready:
            self.turns = 0
            return False
        self.take_turn(self.ready.popleft())
        return True

    cdef bint look_around(self) except -1:
        """Take note of what has happened outside, and of timers that are late. Gives whether
        anything has."""
        cdef bint happened = self.world is not None and self.world.deliver()
        if self.turns > PATIENCE and self.timers:
            self.turns = 0
            if monotonic() >= self.timers[0][2]:
                happened = self.fire()
        return happened

    cdef int take_turn(self, Waiter waiter) except -1:
        if type(waiter) is InPlace:
            (<InPlace>waiter).has_turn = True
        else:
            self.run(<Task>waiter)
        return 0

    cdef int run(self, Task task) except -1:
        """Run a task until it waits or its turn is over."""
        cdef Task before = self.current
        cdef AsyncPromise awaited = task.waits_for
        cdef Word value = NIL
        cdef Limits limits = self.machine.limits
        cdef Run run_before = None
        cdef bint ended
        self.turns += 1
        if task.promise.state == CANCELLED and not task.coroutine.started:
            return 0
        error, task.interruption = task.interruption, None
        task.waits_for = None
        if error is None and awaited is not None:
            if awaited.state == RESOLVED:
                value = to_word(awaited.value)
            else:
                error = awaited.error()
        self.current = task
        if limits is not None:
            limits.begin()
            run_before = limits.switch(task.charged)
        try:
            if limits is not None:
                # Short turns never come to a tick.
                limits.check()
            ended = task.coroutine.resume(value, error)
        except SemaError as failure:
            self.unfinished.discard(task)
            task.promise.settle(REJECTED, failure)
            # Another run's limit is no matter of the one that waits.
            if getattr(failure, "uncatchable", False) and run_before is task.charged:
                raise
            return 0
        except BaseException as failure:
            self.unfinished.discard(task)
            task.promise.settle(REJECTED, EvalError(f"the program ended: {failure!r}"))
            raise
        finally:
            self.current = before
            if limits is not None:
                limits.switch(run_before)
                limits.end()
        if ended:
            self.unfinished.discard(task)
            task.promise.settle(RESOLVED, task.coroutine.result)
        elif task.waits_for is None:
            self.ready.append(task)
        return 0

    # --- Time and the world ----------------------------------------------------------------------

    def rouse(self):
        """No task is ready: wait for the next timer or for what comes from outside, then tell who
        waits until nothing else can go on. False if there is nothing to wait for."""
        deadline = self.next_deadline()
        seconds = None if deadline is None else max(0.0, deadline - monotonic())
        limits = self.machine.limits
        if limits is not None and limits.seconds_left is not None:
            return self.rouse_in_time(seconds, limits)
        if deadline is not None:
            if not self.wait_for_world(seconds):
                self.fire()
            return True
        if self.is_busy():
            return self.wait_for_world(None)
        return self.rouse_idle()

    def rouse_in_time(self, seconds, limits):
        """The same, in a sandbox that limits time. Raises TimeoutExceeded."""
        if seconds is None and not self.is_busy():
            return self.rouse_idle()
        left = limits.seconds_left
        is_timer = seconds is not None and seconds <= left
        if not self.wait_for_world(seconds if is_timer else left):
            limits.expire()
            if is_timer:
                self.fire()
        return True

    def wait_for_world(self, seconds):
        """Wait for so many seconds, or until something comes from outside: then True."""
        if self.is_busy():
            return self.world.wait(seconds)
        sleep(seconds)
        return False

    def next_deadline(self):
        """When the next timer is due, by :func:`time.monotonic`, or None."""
        while self.timers and (<AsyncPromise>self.timers[0][3]).state != PENDING:
            heappop(self.timers)
        return self.timers[0][2] if self.timers else None

    def is_busy(self):
        """Whether something may come from outside."""
        return self.expected > 0 or (self.world is not None and self.world.is_busy)

    def rouse_idle(self):
        """Nothing can go on: tell whoever waits for just that. False if nobody does."""
        waiting, self.idle = self.idle, []
        for promise in waiting:
            promise.resolve(None)
        return bool(waiting)

    cpdef bint fire(self) except -1:
        """Let the next timer fire, and those with the same deadline."""
        if not self.timers:
            return False
        self.now = self.timers[0][0]
        while self.timers and self.timers[0][0] == self.now:
            heappop(self.timers)[3].resolve(None)
        return True


def do_nothing():
    """Nobody needs to be told that a wait was given up."""


def task_number(Task task):
    return task.number
