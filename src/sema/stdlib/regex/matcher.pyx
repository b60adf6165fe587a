# cython: language_level=3
"""The matcher, whose time is proportional to the lengths of text and program, whatever the pattern.

It tries one way through the pattern after the other, in order of preference, and remembers where it
has been, so that no way is gone twice. That takes a bit for each place in the text and each
instruction to which several ways lead. Where a match needs to look further than there are bits for,
it goes all ways at once instead, a step for each character: Thompson's construction in Pike's form,
a thread for each instruction that can be reached, each with the places of the groups on its way.
"""

cimport cython

from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Realloc
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy, memset

from sema.reader.chars cimport CodePoint
from sema.vm.limits cimport spend

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
    STEPS_BETWEEN_LOOKS = 1 << 12
    # Words of marks.
    MOST_MARKS = 1 << 12


@cython.final
cdef class Matcher:
    """A compiled pattern; ``most_marks`` is how many words of marks a search may have."""

    def __cinit__(self, list code, list charsets, int n_groups):
        cdef int i
        self.size = len(code)
        self.n_slots = 2 * (n_groups + 1)
        self.most_marks = MOST_MARKS
        self.code = <Instruction*>PyMem_Calloc(self.size, sizeof(Instruction))
        self.bits = <Bits*>PyMem_Calloc(len(charsets), sizeof(Bits))
        if self.code == NULL or self.bits == NULL:
            raise MemoryError
        for i in range(self.size):
            operation, x, y = code[i]
            self.code[i] = Instruction(operation, x, y, -1)
        self.number_marks()
        for i, charset in enumerate(charsets):
            self.bits[i] = bits_of(charset.bits)
        self.tests = [charset.beyond for charset in charsets]
        self.remembered = [{} for _ in charsets]
        self.is_anchored = self.starts_at_text()
        self.can_skip = self.find_first()

    def __dealloc__(self):
        PyMem_Free(self.code)
        PyMem_Free(self.bits)

    cdef int number_marks(self) except -1:
        """Number the instructions to which several ways lead."""
        cdef list ways = [0] * (self.size + 1)
        cdef int i
        for i in range(self.size):
            if self.code[i].operation == SPLIT:
                ways[self.code[i].x] += 1
                ways[self.code[i].y] += 1
            elif self.code[i].operation != MATCH:
                ways[i + 1] += 1
        for i in range(self.size):
            if ways[i] > 1:
                self.code[i].mark = self.n_marks
                self.n_marks += 1
        return 0

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

    cdef bint has(self, int charset, CodePoint c) except -1:
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

    cdef Search search_in(self, str text, int n_slots):
        """A search for this pattern in a text, wanting so many slots."""
        cdef Search made = Search.__new__(Search)
        made.begin(self, text, n_slots)
        return made

    def test(self, str text not None):
        """Whether there is a match."""
        return self.search_in(text, 0).run(0)

    cdef Search first_match(self, str text):
        """The search that has found the first match, with its groups; or None."""
        cdef Search search = self.search_in(text, self.n_slots)
        return search if search.run(0) else None

    def search(self, str text not None):
        """The start and end of the first match and of its groups, -1 for a group without one; or
        None."""
        cdef Search search = self.first_match(text)
        return None if search is None else search.places()

    def search_all(self, str text not None, bint with_groups):
        """The same for all matches, which do not overlap; without the groups if so wished."""
        cdef Search search = self.search_in(text, self.n_slots if with_groups else 2)
        cdef list found = []
        while search.step():
            found.append(search.places())
        return found


cdef enum:
    OUT_OF_MARKS = 2


cdef Bits bits_of(object bits):
    return Bits(<uint64_t>(bits & 0xFFFF_FFFF_FFFF_FFFF), <uint64_t>(bits >> 64))


@cython.final
@cython.freelist(4)
cdef class Search:
    """The search for a pattern in a text."""

    def __dealloc__(self):
        PyMem_Free(self.numbers)
        PyMem_Free(self.places_memory)
        if self.marks != self.few_marks:
            PyMem_Free(self.marks)
        if self.choices != self.few_choices:
            PyMem_Free(self.choices)
        if self.found != self.few_slots:
            PyMem_Free(self.found)

    cdef int begin(self, Matcher matcher, str text, int n_slots) except -1:
        self.marks = self.few_marks
        self.choices = self.few_choices
        self.n_choices = FEW_CHOICES
        self.found = self.few_slots
        self.matcher = matcher
        self.text = text
        self.kind = PyUnicode_KIND(text)
        self.data = PyUnicode_DATA(text)
        self.length = len(text)
        self.n_slots = n_slots
        self.last_end = -1
        if n_slots > FEW_SLOTS:
            self.found = <Py_ssize_t*>PyMem_Calloc(n_slots, sizeof(Py_ssize_t))
            if self.found == NULL:
                raise MemoryError
        return self.prepare_marks()

    cdef tuple places(self):
        cdef int i
        return tuple([self.found[i] for i in range(self.n_slots)])

    cdef CodePoint read(self, Py_ssize_t at) noexcept:
        return PyUnicode_READ(self.kind, self.data, at) if 0 <= at < self.length else NO_CHARACTER

    cdef bint step(self) except -1:
        """Go on to the next match, which does not overlap with the last one."""
        while self.next_start <= self.length and self.run(self.next_start):
            self.next_start = self.found[1]
            if self.found[0] == self.found[1] == self.last_end:
                self.next_start += 1  # nothing, right behind the last match: that is no match
                continue
            self.last_end = self.found[1]
            return True
        return False

    cdef bint run(self, Py_ssize_t start) except -1:
        """Whether there is a match at `start` or later; `found` has its places."""
        cdef Matcher matcher = self.matcher
        cdef Py_ssize_t at = start
        cdef int answer
        self.forget(at)
        memset(self.found, 0xFF, self.n_slots * sizeof(Py_ssize_t))  # all -1
        while at <= self.length and not (matcher.is_anchored and at > 0):
            if matcher.can_skip:
                at = self.next_candidate(at)
                if at == self.length:
                    break
            # Nobody comes back to places before this one. Forgetting marks behind it as well only
            # after half of the room for them costs not more than the same work again.
            if at - self.base > self.room // 2:
                self.forget(at)
                PyErr_CheckSignals()
                spend(64 * MOST_MARKS)
            answer = self.matches_at(at)
            if answer == OUT_OF_MARKS:
                return self.run_abreast(at)
            if answer:
                return True
            at += 1
        return False

    # --- One way after the other ----------------------------------------------------------------

    cdef int prepare_marks(self) except -1:
        """Get memory for the marks of as many places as there may be marks for."""
        cdef int n_marks = max(1, self.matcher.n_marks)
        self.room = min(self.length + 1, 64 * self.matcher.most_marks // n_marks)
        cdef Py_ssize_t n_words = self.room * n_marks // 64 + 1
        if n_words > FEW_MARKS:
            self.marks = <uint64_t*>PyMem_Calloc(n_words, sizeof(uint64_t))
            if self.marks == NULL:
                raise MemoryError
        return 0

    cdef void forget(self, Py_ssize_t base) noexcept:
        """Take away all marks; the first place for which there may be new ones is `base`."""
        cdef Py_ssize_t n_bits = (self.reached + 1) * self.matcher.n_marks
        memset(self.marks, 0, (n_bits // 64 + 1) * sizeof(uint64_t))
        self.base = base
        self.reached = 0

    cdef bint mark(self, int number, Py_ssize_t place) noexcept:
        """Leave a mark at a place, counted from `base`; false if it is there already."""
        cdef Py_ssize_t bit = place * self.matcher.n_marks + number
        cdef uint64_t mask = <uint64_t>1 << (bit & 63)
        if self.marks[bit >> 6] & mask:
            return False
        self.marks[bit >> 6] |= mask
        if place > self.reached:
            self.reached = place
        return True

    cdef int matches_at(self, Py_ssize_t at) except -1:
        """Whether there is a match at a place, or OUT_OF_MARKS."""
        cdef Matcher matcher = self.matcher
        cdef Instruction* code = matcher.code
        cdef Instruction* instruction
        cdef int n_waiting = 0
        cdef int pc = 0
        cdef CodePoint c
        while True:
            # One way, until it ends. Each choice on it leaves the other one behind.
            while True:
                instruction = &code[pc]
                if instruction.mark >= 0:
                    if at - self.base >= self.room:
                        return OUT_OF_MARKS
                    if not self.mark(instruction.mark, at - self.base):
                        break
                if instruction.operation == CHARACTER:
                    if self.read(at) != <CodePoint>instruction.x:
                        break
                    at += 1
                    pc += 1
                elif instruction.operation == SET:
                    c = self.read(at)
                    if not matcher.has(instruction.x, c):
                        break
                    at += 1
                    pc += 1
                elif instruction.operation == SPLIT:
                    pc = instruction.x
                    if (code[instruction.y].operation == CHARACTER
                            and self.read(at) != <CodePoint>code[instruction.y].x):
                        continue
                    if pc == instruction.y:
                        continue
                    self.choices[n_waiting] = Choice(instruction.y, at)
                    n_waiting += 1
                elif instruction.operation == SAVE:
                    pc += 1
                    if instruction.x >= self.n_slots:
                        continue
                    self.choices[n_waiting] = Choice(~instruction.x, self.found[instruction.x])
                    n_waiting += 1
                    self.found[instruction.x] = at
                elif instruction.operation == ASSERT:
                    self.at = at
                    if not self.holds(instruction.x):
                        break
                    pc += 1
                else:
                    return True
                if n_waiting == self.n_choices:
                    self.make_room()
            while True:
                if n_waiting == 0:
                    return False
                n_waiting -= 1
                pc = self.choices[n_waiting].pc
                at = self.choices[n_waiting].at
                if pc >= 0:
                    break
                self.found[~pc] = at

    cdef int make_room(self) except -1:
        """Get memory for more choices."""
        cdef Choice* larger = <Choice*>PyMem_Realloc(
            NULL if self.choices == self.few_choices else self.choices,
            4 * self.n_choices * sizeof(Choice))
        if larger == NULL:
            raise MemoryError
        if self.choices == self.few_choices:
            memcpy(larger, self.choices, self.n_choices * sizeof(Choice))
        self.choices = larger
        self.n_choices *= 4
        return 0

    # --- All ways at once -----------------------------------------------------------------------

    cdef int prepare_threads(self) except -1:
        """Get memory for the threads."""
        cdef Py_ssize_t size = self.matcher.size
        if self.numbers != NULL:
            return 0
        self.places_memory = <Py_ssize_t*>PyMem_Calloc(
            size + (2 * size + 1) * self.n_slots, sizeof(Py_ssize_t))
        if self.places_memory == NULL:
            raise MemoryError
        self.numbers = <int*>PyMem_Calloc(5 * size, sizeof(int))
        if self.numbers == NULL:
            PyMem_Free(self.places_memory)
            self.places_memory = NULL
            raise MemoryError
        self.current.order = self.numbers
        self.current.where = self.numbers + size
        self.following.order = self.numbers + 2 * size
        self.following.where = self.numbers + 3 * size
        self.waiting = self.numbers + 4 * size
        self.old = self.places_memory
        self.slots = self.old + size
        self.current.slots = self.slots + self.n_slots
        self.following.slots = self.current.slots + size * self.n_slots
        return 0

    cdef bint run_abreast(self, Py_ssize_t at) except -1:
        """The same as `run`."""
        cdef Matcher matcher = self.matcher
        cdef Instruction* instruction
        cdef Threads swapped
        cdef bint is_found = False
        cdef size_t slot_bytes = self.n_slots * sizeof(Py_ssize_t)
        cdef CodePoint c
        cdef int i, pc
        self.prepare_threads()
        self.current.size = 0
        cdef int64_t steps = 0
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
            steps += self.following.size + 1
            if steps > STEPS_BETWEEN_LOOKS:
                PyErr_CheckSignals()
                spend(2 * steps)
                steps = 0
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
