# cython: language_level=3
"""Memory that programs are charged for, however they get it.

Python asks for memory in few places: blocks of more than 512 bytes, and arenas, of which it makes
the small ones. Once a sandbox limits memory, hooks count both (as ``tracemalloc`` does it). What a
thread allocates is charged to the account that it has opened at that moment, and given back to the
same account when it is freed, whoever frees it. What would overdraw the account is refused before
it is allocated: then Python raises MemoryError, in whatever builtin it may be, and the machine
makes a :class:`sema.MemoryExceeded` of that.

Without a limit there is no hook, and nothing costs anything.
"""

from libc.stdint cimport int64_t, uintptr_t
from libc.stdlib cimport calloc, free

cdef extern from "Python.h":
    ctypedef enum Domain "PyMemAllocatorDomain":
        PYMEM_DOMAIN_RAW
        PYMEM_DOMAIN_MEM
        PYMEM_DOMAIN_OBJ
    ctypedef struct Allocator "PyMemAllocatorEx":
        void* ctx
        void* (*malloc)(void*, size_t) noexcept nogil
        void* (*calloc)(void*, size_t, size_t) noexcept nogil
        void* (*realloc)(void*, void*, size_t) noexcept nogil
        void (*free)(void*, void*) noexcept nogil
    ctypedef struct ArenaAllocator "PyObjectArenaAllocator":
        void* ctx
        void* (*alloc)(void*, size_t) noexcept nogil
        void (*free)(void*, void*, size_t) noexcept nogil
    void PyMem_GetAllocator(Domain, Allocator*) noexcept
    void PyMem_SetAllocator(Domain, Allocator*) noexcept
    void PyObject_GetArenaAllocator(ArenaAllocator*) noexcept
    void PyObject_SetArenaAllocator(ArenaAllocator*) noexcept

cdef extern from "pthread.h":
    ctypedef struct Mutex "pthread_mutex_t":
        pass
    int lock "pthread_mutex_lock"(Mutex*) noexcept nogil
    int unlock "pthread_mutex_unlock"(Mutex*) noexcept nogil

cdef extern from *:
    """
    #include <pthread.h>
    static __thread struct __pyx_t_4sema_2vm_10allocation_Account* sema_account = NULL;
    static pthread_mutex_t sema_blocks_mutex = PTHREAD_MUTEX_INITIALIZER;
    """
    Account* current "sema_account"
    Mutex blocks_mutex "sema_blocks_mutex"

cdef enum:
    # Enough to raise an error and to unwind the stack.
    RESERVE = 1 << 20
    # What Python takes at once for its own frames, instead of an arena of objects. It must not be
    # refused: Python 3.11 then gives the function up that was to be called, and somebody else's.
    STACK_CHUNK = 128 << 10
    FIRST_SLOTS = 1 << 12


# --- The charged blocks: a hash table with linear probing ----------------------------------------

cdef struct Block:
    void* address
    int64_t size
    Account* account

cdef Block NO_BLOCK
cdef Block* blocks = NULL
cdef size_t n_slots = 0
cdef size_t n_blocks = 0


cdef inline size_t home_of(void* address) noexcept nogil:
    """Where a block belongs in the table; addresses differ in their middle bits."""
    return <size_t>((<uintptr_t>address >> 4) * <uintptr_t>0x9E3779B97F4A7C15 >> 20) & (n_slots - 1)


cdef bint grow() noexcept nogil:
    """Make room in the table. False if there is no memory."""
    global blocks, n_slots
    cdef Block* before = blocks
    cdef size_t n_before = n_slots
    cdef size_t size = 2 * n_slots if n_slots else FIRST_SLOTS
    cdef size_t i
    cdef Block* after = <Block*>calloc(size, sizeof(Block))
    if after == NULL:
        return False
    blocks, n_slots = after, size
    for i in range(n_before):
        if before[i].address != NULL:
            place(before[i])
    free(before)
    return True


cdef void place(Block block) noexcept nogil:
    cdef size_t i = home_of(block.address)
    while blocks[i].address != NULL:
        i = (i + 1) & (n_slots - 1)
    blocks[i] = block


cdef bint enter(void* address, int64_t size, Account* account) noexcept nogil:
    """Take note of a block that is charged already. False if there is no memory for that."""
    global n_blocks
    cdef Block block
    cdef bint done = True
    lock(&blocks_mutex)
    if 2 * n_blocks >= n_slots:
        done = grow()
    if done:
        block.address = address
        block.size = size
        block.account = account
        place(block)
        n_blocks += 1
        account.n_blocks += 1
    unlock(&blocks_mutex)
    return done


cdef Block leave(void* address) noexcept nogil:
    """Forget a block and give back what it was charged; its address is NULL if it was not."""
    global n_blocks
    cdef Block found = NO_BLOCK
    cdef size_t i, j, home
    lock(&blocks_mutex)
    if n_slots:
        i = home_of(address)
        while blocks[i].address != NULL and blocks[i].address != address:
            i = (i + 1) & (n_slots - 1)
        found = blocks[i]
    if found.address != NULL:
        n_blocks -= 1
        # Close the gap: whatever follows must be found from where it belongs.
        j = i
        while True:
            j = (j + 1) & (n_slots - 1)
            if blocks[j].address == NULL:
                break
            home = home_of(blocks[j].address)
            if (j > i and (home <= i or home > j)) or (j < i and home <= i and home > j):
                blocks[i] = blocks[j]
                i = j
        blocks[i].address = NULL
        found.account.used -= found.size
        found.account.n_blocks -= 1
        if found.account.closed and not found.account.n_blocks:
            free(found.account)
            found.account = NULL
    unlock(&blocks_mutex)
    return found


# --- Accounts ------------------------------------------------------------------------------------

cdef Account* open_account(int64_t limit) except NULL:
    """A new account; blocks are counted from now on."""
    cdef Account* account = <Account*>calloc(1, sizeof(Account))
    if account == NULL:
        raise MemoryError
    account.limit = limit
    account.reserve = RESERVE
    install_hooks()
    return account


cdef void close_account(Account* account) noexcept:
    """Its owner is gone; blocks may outlive it."""
    lock(&blocks_mutex)
    account.closed = True
    cdef bint is_empty = account.n_blocks == 0
    unlock(&blocks_mutex)
    if is_empty:
        free(account)


cdef Account* charge_to(Account* account) noexcept nogil:
    """Charge what this thread allocates to an account, or to nobody. Gives whom it was before."""
    global current
    cdef Account* before = current
    current = account
    return before


cdef bint charge(Account* account, int64_t n) noexcept nogil:
    """Charge so many bytes, or note that they would overdraw the account: then False."""
    cdef bint granted
    lock(&blocks_mutex)
    granted = account.used + n <= account.limit + (account.reserve if account.overdrawn else 0)
    if granted:
        account.used += n
    elif not account.overdrawn:
        account.overdrawn = True
        account.asked = account.used + n
    unlock(&blocks_mutex)
    return granted


cdef void uncharge(Account* account, int64_t n) noexcept nogil:
    lock(&blocks_mutex)
    account.used -= n
    unlock(&blocks_mutex)


# --- The hooks -----------------------------------------------------------------------------------

cdef void* charged(void* address, int64_t n) noexcept nogil:
    """A new block, which the current account has been charged for; NULL if there was no memory."""
    # A block that cannot be noted is nobody's.
    if address == NULL or not enter(address, n, current):
        uncharge(current, n)
    return address


cdef void* counted_malloc(void* ctx, size_t n) noexcept nogil:
    cdef Allocator* inner = <Allocator*>ctx
    if current == NULL:
        return inner.malloc(inner.ctx, n)
    if not charge(current, n):
        return NULL
    return charged(inner.malloc(inner.ctx, n), n)


cdef void* counted_calloc(void* ctx, size_t n, size_t size) noexcept nogil:
    cdef Allocator* inner = <Allocator*>ctx
    if current == NULL:
        return inner.calloc(inner.ctx, n, size)
    if not charge(current, n * size):
        return NULL
    return charged(inner.calloc(inner.ctx, n, size), n * size)


cdef void* counted_realloc(void* ctx, void* address, size_t n) noexcept nogil:
    cdef Allocator* inner = <Allocator*>ctx
    cdef Block before
    cdef void* after
    if current == NULL and not n_blocks:
        return inner.realloc(inner.ctx, address, n)
    # The old address may be somebody else's before this returns.
    before = leave(address)
    after = NULL
    if current == NULL or charge(current, n):
        after = inner.realloc(inner.ctx, address, n)
        if after == NULL and current != NULL:
            uncharge(current, n)
    if after == NULL:
        if before.address != NULL and before.account != NULL:
            uncharge(before.account, -before.size)
            enter(address, before.size, before.account)
        return NULL
    if current == NULL:
        return after
    return charged(after, n)


cdef void counted_free(void* ctx, void* address) noexcept nogil:
    cdef Allocator* inner = <Allocator*>ctx
    if n_blocks:
        leave(address)
    inner.free(inner.ctx, address)


cdef void* counted_arena(void* ctx, size_t n) noexcept nogil:
    cdef ArenaAllocator* inner = <ArenaAllocator*>ctx
    if current == NULL:
        return inner.alloc(inner.ctx, n)
    if not charge(current, n):
        if n > STACK_CHUNK:
            return NULL
        # The account is overdrawn, which ends the program at its next look at the limits.
        uncharge(current, -<int64_t>n)
    return charged(inner.alloc(inner.ctx, n), n)


cdef void free_counted_arena(void* ctx, void* address, size_t n) noexcept nogil:
    cdef ArenaAllocator* inner = <ArenaAllocator*>ctx
    if n_blocks:
        leave(address)
    inner.free(inner.ctx, address, n)


cdef bint installed = False
cdef Allocator[3] inner_allocators
cdef ArenaAllocator inner_arenas


cdef void hook(Domain domain) noexcept:
    cdef Allocator outer
    PyMem_GetAllocator(domain, &inner_allocators[<int>domain])
    outer.ctx = &inner_allocators[<int>domain]
    outer.malloc = counted_malloc
    outer.calloc = counted_calloc
    outer.realloc = counted_realloc
    outer.free = counted_free
    PyMem_SetAllocator(domain, &outer)


cdef void install_hooks() noexcept:
    """Count blocks and arenas from now on. Objects come from arenas and, if they are large, from
    the raw domain; unless Python runs without arenas, for a memory checker: then each by itself."""
    global installed
    cdef Allocator raw, objects
    cdef ArenaAllocator arenas
    if installed:
        return
    installed = True
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw)
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &objects)
    if objects.malloc == raw.malloc and objects.ctx == raw.ctx:
        hook(PYMEM_DOMAIN_MEM)
        hook(PYMEM_DOMAIN_OBJ)
    hook(PYMEM_DOMAIN_RAW)
    PyObject_GetArenaAllocator(&inner_arenas)
    arenas.ctx = &inner_arenas
    arenas.alloc = counted_arena
    arenas.free = free_counted_arena
    PyObject_SetArenaAllocator(&arenas)
