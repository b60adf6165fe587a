# cython: language_level=3
"""The matcher: all ways through a pattern at once, a step for each character of the text.

It follows Thompson's construction in Pike's form: a thread for each instruction that can be
reached, in order of preference, each with the places of the groups on its way. Time is proportional
to the lengths of text and program, whatever the pattern.
"""

from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport uint64_t
from libc.string cimport memcpy, memset

from sema.reader.chars cimport CodePoint

cdef extern from "Python.h":
    int PyUnicode_KIND(object)
    const void* PyUnicode_DATA(object)
    CodePoint PyUnicode_READ(int kind, const void* data, Py_ssize_t index)

# The order is that of `program.py` and of `ASSERTIONS` in `syntax.py`.
cdef enum Operation:
    CHARACTER
    SET
    SPLIT
    SAVE
    ASSERT
    MATCH

cdef enum Place:
    TEXT_START
    TEXT_END
    LINE_START
    LINE_END
    CRLF_LINE_START
    CRLF_LINE_END
    WORD_BOUNDARY
    NOT_WORD_BOUNDARY
    WORD_START
    WORD_END
    WORD_START_HALF
    WORD_END_HALF
    FIRST_ASCII_PLACE

cdef enum:
    N_WORD_PLACES = FIRST_ASCII_PLACE - WORD_BOUNDARY
    NO_CHARACTER = 0x110000
    MOST_REMEMBERED = 4096
    STEPS_BETWEEN_SIGNALS = 1 << 16

cdef struct Instruction:
    int operation
    int x
    int y

cdef struct Bits:
    uint64_t low
    uint64_t high

# The instructions that are reached, in order of preference, and each one's places of the groups.
cdef struct Threads:
    int* order
    int* where
    int size
    Py_ssize_t* slots


cdef class Matcher:
    """A compiled pattern."""

    cdef Instruction* code
    cdef int size
    cdef int n_slots
    cdef list tests  # of each set: what is beyond ASCII
    cdef list remembered  # of each set: characters beyond ASCII, and whether they are in it
    cdef Bits* bits
    cdef Bits first  # the ASCII characters with which a match can begin
    cdef bint can_skip
    cdef bint is_anchored

    def __cinit__(self, list code, list charsets, int n_groups):
        cdef int i
        self.size = len(code)
        self.n_slots = 2 * (n_groups + 1)
        self.code = <Instruction*>PyMem_Calloc(self.size, sizeof(Instruction))
        self.bits = <Bits*>PyMem_Calloc(len(charsets), sizeof(Bits))
        if self.code == NULL or self.bits == NULL:
            raise MemoryError
        for i in range(self.size):
            operation, x, y = code[i]
            self.code[i] = Instruction(operation, x, y)
        for i, charset in enumerate(charsets):
            self.bits[i] = bits_of(charset.bits)
        self.tests = [charset.beyond for charset in charsets]
        self.remembered = [{} for _ in charsets]
        self.is_anchored = self.starts_at_text()
        self.can_skip = self.find_first()

    def __dealloc__(self):
        PyMem_Free(self.code)
        PyMem_Free(self.bits)

    cdef bint starts_at_text(self) noexcept:
        return (self.size > 1 and self.code[1].operation == ASSERT
                and self.code[1].x == TEXT_START)

    cdef bint find_first(self) except -1:
        """Collect the characters with which a match can begin; false if it may be empty."""
        cdef set seen = set()
        cdef list waiting = [0]
        cdef Instruction at
        cdef int pc
        while waiting:
            pc = waiting.pop()
            if pc in seen:
                continue
            seen.add(pc)
            at = self.code[pc]
            if at.operation == MATCH:
                return False
            if at.operation == SPLIT:
                waiting += [at.x, at.y]
            elif at.operation == SET:
                self.first.low |= self.bits[at.x].low
                self.first.high |= self.bits[at.x].high
            elif at.operation == CHARACTER:
                if at.x < 64:
                    self.first.low |= <uint64_t>1 << at.x
                elif at.x < 128:
                    self.first.high |= <uint64_t>1 << (at.x - 64)
            else:
                waiting.append(pc + 1)
        return True

    cdef inline bint has(self, int charset, CodePoint c) except -1:
        """Whether a character is in a set."""
        if c < 64:
            return self.bits[charset].low >> c & 1
        if c < 128:
            return self.bits[charset].high >> (c - 64) & 1
        return self.has_beyond(charset, c)

    cdef bint has_beyond(self, int charset, CodePoint c) except -1:
        cdef dict remembered = <dict>self.remembered[charset]
        if c == NO_CHARACTER:
            return False
        found = remembered.get(<int>c)
        if found is None:
            if len(remembered) >= MOST_REMEMBERED:
                remembered.clear()
            found = remembered[<int>c] = self.tests[charset](<int>c)
        return <bint>found

    def test(self, str text not None):
        """Whether there is a match."""
        return Search(self, text, 0).run(0)

    def search(self, str text not None):
        """The start and end of the first match and of its groups, -1 for a group without one; or
        None."""
        cdef Search search = Search(self, text, self.n_slots)
        return search.places() if search.run(0) else None

    def search_all(self, str text not None, bint with_groups):
        """The same for all matches, which do not overlap; without the groups if so wished."""
        cdef Search search = Search(self, text, self.n_slots if with_groups else 2)
        cdef list found = []
        cdef Py_ssize_t start = 0, last_end = -1
        while start <= search.length and search.run(start):
            start = search.found[1]
            if search.found[0] == start and start == last_end:
                start += 1  # nothing, right behind the last match: that is no match
                continue
            last_end = start
            found.append(search.places())
        return found


cdef Bits bits_of(object bits):
    return Bits(<uint64_t>(bits & 0xFFFF_FFFF_FFFF_FFFF), <uint64_t>(bits >> 64))


cdef class Search:
    """The search for a pattern in a text, wanting so many slots."""

    cdef Matcher matcher
    cdef str text
    cdef int kind
    cdef const void* data
    cdef Py_ssize_t length
    cdef int n_slots
    cdef Py_ssize_t at
    cdef Threads current
    cdef Threads following
    cdef int* numbers  # the memory of the threads' numbers and of `waiting`
    cdef int* waiting  # instructions to go on with, or ~slot of a slot to be restored
    cdef Py_ssize_t* places_memory
    cdef Py_ssize_t* old  # the values of the slots to be restored
    cdef Py_ssize_t* slots  # of the thread that is being followed
    cdef Py_ssize_t* found

    def __cinit__(self, Matcher matcher, str text, int n_slots):
        cdef Py_ssize_t size = matcher.size
        self.matcher = matcher
        self.text = text
        self.kind = PyUnicode_KIND(text)
        self.data = PyUnicode_DATA(text)
        self.length = len(text)
        self.n_slots = n_slots
        self.numbers = <int*>PyMem_Calloc(5 * size, sizeof(int))
        self.places_memory = <Py_ssize_t*>PyMem_Calloc(
            size + 2 * (size + 1) * n_slots, sizeof(Py_ssize_t))
        if self.numbers == NULL or self.places_memory == NULL:
            raise MemoryError
        self.current.order = self.numbers
        self.current.where = self.numbers + size
        self.following.order = self.numbers + 2 * size
        self.following.where = self.numbers + 3 * size
        self.waiting = self.numbers + 4 * size
        self.old = self.places_memory
        self.slots = self.old + size
        self.found = self.slots + n_slots
        self.current.slots = self.found + n_slots
        self.following.slots = self.current.slots + size * n_slots

    def __dealloc__(self):
        PyMem_Free(self.numbers)
        PyMem_Free(self.places_memory)

    cdef tuple places(self):
        cdef int i
        return tuple([self.found[i] for i in range(self.n_slots)])

    cdef inline CodePoint read(self, Py_ssize_t at) noexcept:
        return PyUnicode_READ(self.kind, self.data, at) if 0 <= at < self.length else NO_CHARACTER

    cdef bint run(self, Py_ssize_t start) except -1:
        """Whether there is a match at `start` or later; `found` has its places."""
        cdef Matcher matcher = self.matcher
        cdef Instruction* instruction
        cdef Threads swapped
        cdef bint is_found = False
        cdef size_t slot_bytes = self.n_slots * sizeof(Py_ssize_t)
        cdef Py_ssize_t at = start
        cdef CodePoint c
        cdef int i, pc
        self.current.size = 0
        while at <= self.length:
            if self.current.size == 0:
                if is_found or (matcher.is_anchored and at > 0):
                    break
                if matcher.can_skip:
                    at = self.next_candidate(at)
                    if at == self.length:
                        break
            if not is_found:
                self.at = at
                memset(self.slots, 0xFF, slot_bytes)  # all -1
                self.follow(&self.current, 0)
            c = self.read(at)
            self.at = at + 1
            self.following.size = 0
            for i in range(self.current.size):
                pc = self.current.order[i]
                instruction = &matcher.code[pc]
                if instruction.operation == CHARACTER:
                    if <CodePoint>instruction.x != c:
                        continue
                elif instruction.operation == SET:
                    if not matcher.has(instruction.x, c):
                        continue
                elif instruction.operation == MATCH:
                    memcpy(self.found, self.current.slots + pc * self.n_slots, slot_bytes)
                    is_found = True
                    break
                else:
                    continue
                memcpy(self.slots, self.current.slots + pc * self.n_slots, slot_bytes)
                self.follow(&self.following, pc + 1)
            if is_found and self.n_slots == 0:
                break
            swapped = self.current
            self.current = self.following
            self.following = swapped
            at += 1
            if at % STEPS_BETWEEN_SIGNALS == 0:
                PyErr_CheckSignals()
        return is_found

    cdef Py_ssize_t next_candidate(self, Py_ssize_t at) noexcept:
        """Where a match can begin next."""
        cdef uint64_t low = self.matcher.first.low, high = self.matcher.first.high
        cdef CodePoint c
        while at < self.length:
            c = PyUnicode_READ(self.kind, self.data, at)
            if c >= 128 or (low >> c if c < 64 else high >> (c - 64)) & 1:
                break
            at += 1
        return at

    cdef int follow(self, Threads* threads, int pc) except -1:
        """Add a thread, at all instructions that are reached without reading a character."""
        cdef Instruction* instruction
        cdef int depth = 0
        while True:
            while threads.where[pc] >= threads.size or threads.order[threads.where[pc]] != pc:
                threads.order[threads.size] = pc
                threads.where[pc] = threads.size
                threads.size += 1
                instruction = &self.matcher.code[pc]
                if instruction.operation == SPLIT:
                    self.waiting[depth] = instruction.y
                    depth += 1
                    pc = instruction.x
                elif instruction.operation == SAVE:
                    if instruction.x < self.n_slots:
                        self.waiting[depth] = ~instruction.x
                        self.old[depth] = self.slots[instruction.x]
                        depth += 1
                        self.slots[instruction.x] = self.at
                    pc += 1
                elif instruction.operation == ASSERT:
                    if not self.holds(instruction.x):
                        break
                    pc += 1
                else:
                    memcpy(threads.slots + pc * self.n_slots, self.slots,
                           self.n_slots * sizeof(Py_ssize_t))
                    break
            while depth and self.waiting[depth - 1] < 0:
                depth -= 1
                self.slots[~self.waiting[depth]] = self.old[depth]
            if depth == 0:
                return 0
            depth -= 1
            pc = self.waiting[depth]

    cdef bint holds(self, int place) except -1:
        """Whether the present position is such a place."""
        cdef CodePoint before = self.read(self.at - 1), after = self.read(self.at)
        cdef bint word_before, word_after, is_ascii
        if place == TEXT_START:
            return before == NO_CHARACTER
        if place == TEXT_END:
            return after == NO_CHARACTER
        if place == LINE_START:
            return before == NO_CHARACTER or before == c"\n"
        if place == LINE_END:
            return after == NO_CHARACTER or after == c"\n"
        if place == CRLF_LINE_START:
            return (before == NO_CHARACTER or before == c"\n"
                    or (before == c"\r" and after != c"\n"))
        if place == CRLF_LINE_END:
            return (after == NO_CHARACTER or after == c"\r"
                    or (after == c"\n" and before != c"\r"))
        is_ascii = place >= FIRST_ASCII_PLACE
        word_before = self.matcher.has(is_ascii, before)
        word_after = self.matcher.has(is_ascii, after)
        if is_ascii:
            place -= N_WORD_PLACES
        if place == WORD_BOUNDARY:
            return word_before != word_after
        if place == NOT_WORD_BOUNDARY:
            return word_before == word_after
        if place == WORD_START:
            return word_after and not word_before
        if place == WORD_END:
            return word_before and not word_after
        return not word_before if place == WORD_START_HALF else not word_after
