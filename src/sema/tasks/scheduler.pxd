"""The scheduler; see ``scheduler.pyx``."""

from sema.tasks.promise cimport AsyncPromise, Waiter
from sema.vm.coroutine cimport Coroutine
from sema.vm.limits cimport Run
from sema.vm.machine cimport Machine
from sema.vm.word cimport Word


cdef class Task(Waiter):
    cdef Scheduler scheduler
    cdef Coroutine coroutine
    # How many tasks were made before it.
    cdef long long number
    cdef readonly AsyncPromise promise
    # What it waits for, or waited for until just now.
    cdef AsyncPromise waits_for
    # What is raised where it stands, or at its next wait.
    cdef object interruption
    # What belongs to one task: context/…, and the files being loaded.
    cdef readonly object locals
    # At whose expense it runs in a sandbox.
    cdef Run charged
    cdef object __weakref__

    cdef int interrupt(self, error) except -1


cdef class Scheduler:
    cdef readonly Machine machine
    cdef object ready
    cdef list timers
    cdef object world
    cdef object listener
    # How many promises the event loop will settle.
    cdef int expected
    # The virtual clock, in milliseconds.
    cdef double now
    cdef bint is_new_run
    # How long tasks have been ready without a pause.
    cdef int turns
    cdef long long n_timers
    cdef readonly Task current
    cdef readonly object locals
    # Weakly: a task that nothing can wake any more is collected with what it waits for.
    cdef object unfinished
    cdef list idle
    cdef int nesting
    cdef long long n_tasks

    cpdef AsyncPromise spawn(self, function)
    cdef bint parks(self, AsyncPromise promise, Word* args, Py_ssize_t n) except -1
    cpdef bint turn_is_over(self) except -1
    cdef bint step(self) except -1
    cdef int take_turn(self, Waiter waiter) except -1
    cdef int run(self, Task task) except -1
    cdef int set_clock(self, double time) except -1
    cdef bint look_around(self) except -1
    cpdef bint fire(self) except -1
