# cython: language_level=3
"""The memory of pairs: pages of cells, each with room for the collector's links before it.

Python's allocator, and its collector's count of what is allocated, take longer for a pair than
all that a program does with it. Pairs are not counted for the collector's next turn: as they never
change, no cycle is made of pairs alone, and the other objects in it count.

Pages come from arenas, for which Python's arena allocator is asked, so that whoever watches that
sees them. A cell's address tells its page; an arena whose cells are all free goes back.

Cells are handed out in the order of their addresses: to walk a list whose cells lie anywhere takes
ten times as long. Pages that are all free are used first, then those that have waited longest.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.object cimport PyTypeObject
from libc.string cimport memset

from sema.vm.values cimport PairCell, gc_free, gc_new
from sema.vm.word cimport Word

cdef extern from "Python.h":
    ctypedef struct ArenaAllocator "PyObjectArenaAllocator":
        void* ctx
        void* (*alloc)(void*, size_t) noexcept
        void (*free)(void*, void*, size_t) noexcept
    void PyObject_GetArenaAllocator(ArenaAllocator*) noexcept

cdef extern from *:
    """
    /* Without the global lock objects that the collector knows must come from its own heap; and a
       memory checker shall see each cell by itself. */
    #if defined(Py_GIL_DISABLED) || defined(__SANITIZE_ADDRESS__)
    #define SEMA_HAS_PAGES 0
    #else
    #define SEMA_HAS_PAGES 1
    #endif
    """
    const bint HAS_PAGES "SEMA_HAS_PAGES"

cdef enum:
    PAGE_BYTES = 1 << 16
    HEADER_BYTES = 64
    N_PAGES = 15
    # With what is lost where an arena does not begin with a page.
    ARENA_BYTES = (N_PAGES + 1) * PAGE_BYTES
    MOST_EMPTY_ARENAS = 32
    # More than fit on a page.
    MOST_CELLS = PAGE_BYTES // 32
    # Free cells that lie so close to each other count as neighbours.
    NEAR = 256


cdef struct Links:
    # The collector's, before each cell; null while it does not track the cell.
    size_t following
    size_t preceding

cdef struct Slot:
    Links links
    PairCell cell

cdef struct Arena:
    void* memory
    Page* pages
    # How many pages were made, and in how many of them all cells are free.
    int n_pages
    int n_empty

cdef struct Page:
    Arena* arena
    # The neighbours among the pages that are all or partly free.
    Page* following
    Page* preceding
    # The free cells, linked by `head`, and how many of them are not beside the one before.
    PairCell* free
    int n_free
    int n_jumps

cdef struct Queue:
    Page* first
    Page* last

cdef int N_CELLS = (PAGE_BYTES - HEADER_BYTES) // sizeof(Slot)

cdef Queue all_free, partly_free
# The arena in which the next page is made.
cdef Arena* growing = NULL
cdef int n_empty_arenas = 0
cdef Py_ssize_t n_taken = 0


cdef inline Page* page_of(void* address) noexcept:
    return <Page*>(<size_t>address & ~<size_t>(PAGE_BYTES - 1))


cdef inline Slot* slots_of(Page* page) noexcept:
    return <Slot*>(<char*>page + HEADER_BYTES)


cdef int add_arena() except -1:
    """A new arena to make pages in."""
    global growing
    cdef ArenaAllocator allocator
    cdef Arena* arena = <Arena*>PyMem_RawMalloc(sizeof(Arena))
    if arena == NULL:
        raise MemoryError()
    PyObject_GetArenaAllocator(&allocator)
    arena.memory = allocator.alloc(allocator.ctx, ARENA_BYTES)
    if arena.memory == NULL:
        PyMem_RawFree(arena)
        raise MemoryError()
    arena.pages = page_of(<char*>arena.memory + PAGE_BYTES - 1)
    arena.n_pages = arena.n_empty = 0
    growing = arena
    return 0


cdef void free_arena(Arena* arena) noexcept:
    """Give back an arena whose cells are all free."""
    global growing, n_empty_arenas
    cdef ArenaAllocator allocator
    cdef int i
    for i in range(arena.n_pages):
        remove(&all_free, <Page*>(<char*>arena.pages + i * PAGE_BYTES))
    if arena.n_empty == N_PAGES:
        n_empty_arenas -= 1
    if arena == growing:
        growing = NULL
    PyObject_GetArenaAllocator(&allocator)
    allocator.free(allocator.ctx, arena.memory, ARENA_BYTES)
    PyMem_RawFree(arena)


cdef int add_page(PyTypeObject* kind) except -1:
    """A new page, whose cells are free."""
    cdef Page* page
    cdef Slot* slots
    cdef int i
    if growing == NULL or growing.n_pages == N_PAGES:
        add_arena()
    page = <Page*>(<char*>growing.pages + growing.n_pages * PAGE_BYTES)
    growing.n_pages += 1
    slots = slots_of(page)
    for i in range(N_CELLS):
        slots[i].links = Links(0, 0)
        slots[i].cell.ob_type = kind
    page.arena = growing
    page.n_free = N_CELLS
    link_all(page)
    put_first(&all_free, page)
    note_empty(growing, 1)
    return 0


cdef void link_all(Page* page) noexcept:
    """The cells of a page that is all free, in order."""
    cdef Slot* slots = slots_of(page)
    cdef int i
    for i in range(N_CELLS):
        slots[i].cell.head = <Word>&slots[i + 1].cell
    slots[N_CELLS - 1].cell.head = 0
    page.free = &slots[0].cell
    page.n_jumps = 0


cdef void put_in_order(Page* page) noexcept:
    """Link the free cells of a page in the order of their addresses."""
    cdef Slot* slots = slots_of(page)
    cdef char[MOST_CELLS] is_free
    cdef PairCell* cell = page.free
    cdef Word* link = <Word*>&page.free
    cdef int i
    if page.n_free == N_CELLS:
        link_all(page)
        return
    memset(is_free, 0, sizeof(is_free))
    while cell != NULL:
        is_free[(<size_t>cell - <size_t>&slots[0].cell) // sizeof(Slot)] = True
        cell = <PairCell*>cell.head
    for i in range(N_CELLS):
        if is_free[i]:
            link[0] = <Word>&slots[i].cell
            link = &slots[i].cell.head
    link[0] = 0
    page.n_jumps = 0


cdef void put_first(Queue* queue, Page* page) noexcept:
    page.preceding = NULL
    page.following = queue.first
    if queue.first != NULL:
        queue.first.preceding = page
    else:
        queue.last = page
    queue.first = page


cdef void put_last(Queue* queue, Page* page) noexcept:
    page.following = NULL
    page.preceding = queue.last
    if queue.last != NULL:
        queue.last.following = page
    else:
        queue.first = page
    queue.last = page


cdef void remove(Queue* queue, Page* page) noexcept:
    if page.following != NULL:
        page.following.preceding = page.preceding
    else:
        queue.last = page.preceding
    if page.preceding != NULL:
        page.preceding.following = page.following
    else:
        queue.first = page.following


cdef void note_empty(Arena* arena, int change) noexcept:
    """A page of an arena is empty now (1) or no longer (-1)."""
    global n_empty_arenas
    if arena.n_empty == N_PAGES:
        n_empty_arenas -= 1
    arena.n_empty += change
    if arena.n_empty == N_PAGES:
        n_empty_arenas += 1


cdef PairCell* take_cells(PyTypeObject* kind, int* n) except NULL:
    """All free cells of a page, linked by `head`, and their number; `kind` is Pair."""
    global n_taken
    cdef Page* page
    cdef PairCell* cells
    if HAS_PAGES:
        if partly_free.first != NULL and all_free.first == NULL:
            page = partly_free.first
            remove(&partly_free, page)
        else:
            if all_free.first == NULL:
                add_page(kind)
            page = all_free.first
            remove(&all_free, page)
            note_empty(page.arena, -1)
        if page.n_jumps > page.n_free // 8:
            put_in_order(page)
        cells = page.free
        n[0] = page.n_free
        page.free = NULL
        page.n_free = page.n_jumps = 0
    else:
        cells = <PairCell*>gc_new(kind)
        cells.head = 0
        n[0] = 1
    n_taken += n[0]
    return cells


cdef void give_back(PairCell* cell) noexcept:
    """A cell that is free again, and not tracked, to its page."""
    global n_taken
    cdef Page* page
    n_taken -= 1
    if not HAS_PAGES:
        gc_free(cell)
        return
    page = page_of(cell)
    page.n_jumps += <size_t>cell - <size_t>page.free + NEAR > 2 * NEAR
    cell.head = <Word>page.free
    page.free = cell
    page.n_free += 1
    if page.n_free == 1:
        put_last(&partly_free, page)
    elif page.n_free == N_CELLS:
        remove(&partly_free, page)
        put_first(&all_free, page)
        note_empty(page.arena, 1)
        if page.arena.n_empty == N_PAGES and n_empty_arenas > MOST_EMPTY_ARENAS:
            free_arena(page.arena)


cdef void free_empty_arenas() noexcept:
    """Give back the arenas that are kept although all their cells are free."""
    cdef Page* page = all_free.first
    cdef Arena* arena
    while page != NULL:
        arena = page.arena
        page = page.following
        if arena.n_empty == arena.n_pages:
            free_arena(arena)
            page = all_free.first


cdef Py_ssize_t cells_taken() noexcept:
    """How many cells are taken and not given back."""
    return n_taken
