# cython: language_level=3
"""The memory of pairs: pages of cells, each with room for the collector's links before it.

Python's allocator, and its collector's count of what is allocated, take longer for a pair than
all that a program does with it. A page is found by the address of its cells; one whose cells are
all free is given back. Pairs are not counted for the collector's next turn: as they never change,
no cycle is made of pairs alone, and the other objects in it count.
"""

from cpython.object cimport PyTypeObject

from sema.vm.values cimport PairCell, gc_free, gc_new
from sema.vm.word cimport Word

cdef extern from "<stdlib.h>":
    int posix_memalign(void**, size_t, size_t) noexcept
    void free(void*) noexcept

cdef extern from *:
    """
    /* Without the global lock objects that the collector knows must come from its own heap. */
    #ifdef Py_GIL_DISABLED
    #define SEMA_HAS_PAGES 0
    #else
    #define SEMA_HAS_PAGES 1
    #endif
    """
    const bint HAS_PAGES "SEMA_HAS_PAGES"

cdef enum:
    PAGE_BYTES = 1 << 16
    HEADER_BYTES = 64
    MOST_EMPTY_PAGES = 128


cdef struct Links:
    # The collector's, before each cell; null while it does not track the cell.
    size_t following
    size_t preceding

cdef struct Slot:
    Links links
    PairCell cell

cdef struct Page:
    # The neighbours among the pages that have free cells.
    Page* following
    Page* preceding
    # The free cells, linked by `head`.
    PairCell* free
    int n_free

cdef int N_CELLS = (PAGE_BYTES - HEADER_BYTES) // sizeof(Slot)
cdef Page* pages = NULL
cdef int n_empty = 0


cdef int add_page(PyTypeObject* kind) except -1:
    """A new page, whose cells are free."""
    global n_empty
    cdef void* memory = NULL
    cdef Page* page
    cdef Slot* slots
    cdef int i
    if posix_memalign(&memory, PAGE_BYTES, PAGE_BYTES):
        raise MemoryError()
    page = <Page*>memory
    slots = <Slot*>(<char*>memory + HEADER_BYTES)
    for i in range(N_CELLS):
        slots[i].links = Links(0, 0)
        slots[i].cell.ob_type = kind
        slots[i].cell.head = <Word>&slots[i + 1].cell
    slots[N_CELLS - 1].cell.head = 0
    page.free = &slots[0].cell
    page.n_free = N_CELLS
    n_empty += 1
    link(page)
    return 0


cdef void link(Page* page) noexcept:
    global pages
    page.following = pages
    page.preceding = NULL
    if pages != NULL:
        pages.preceding = page
    pages = page


cdef void unlink(Page* page) noexcept:
    global pages
    if page.following != NULL:
        page.following.preceding = page.preceding
    if page.preceding != NULL:
        page.preceding.following = page.following
    else:
        pages = page.following


cdef PairCell* take_cells(PyTypeObject* kind, int* n) except NULL:
    """All free cells of a page, linked by `head`, and their number; `kind` is Pair."""
    global n_empty
    cdef Page* page
    cdef PairCell* cells
    if not HAS_PAGES:
        cells = <PairCell*>gc_new(kind)
        cells.head = 0
        n[0] = 1
        return cells
    if pages == NULL:
        add_page(kind)
    page = pages
    unlink(page)
    n_empty -= page.n_free == N_CELLS
    cells = page.free
    n[0] = page.n_free
    page.free = NULL
    page.n_free = 0
    return cells


cdef void give_back(PairCell* cell) noexcept:
    """A cell that is free again, and not tracked, to its page."""
    global n_empty
    cdef Page* page
    if not HAS_PAGES:
        gc_free(cell)
        return
    page = <Page*>(<size_t>cell & ~<size_t>(PAGE_BYTES - 1))
    cell.head = <Word>page.free
    page.free = cell
    page.n_free += 1
    if page.n_free == 1:
        link(page)
    elif page.n_free == N_CELLS:
        if n_empty == MOST_EMPTY_PAGES:
            unlink(page)
            free(page)
        else:
            n_empty += 1
