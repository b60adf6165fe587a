# cython: language_level=3
"""Persistent sorted trees: B+ trees of words, whose nodes may be shared by many trees.

A node holds up to FANOUT keys, in order, and as many slots: the values of the keys in a leaf, the
nodes below in an inner node, where the key is the lower bound of what is below; the first node has
none. Before the keys themselves stand their brief keys (``keys.pyx``), which decide nearly all
comparisons. A tree of few entries is one leaf.

Nothing is ever changed in a node that somebody else may see. Its reference count says it: a node
that is referred to once, by a node that is itself ours alone, is changed in place; any other is
copied first, whereby the nodes below it gain a reference, so that they will be copied in turn.
Everything that can fail happens before anything that matters is changed.
"""

from cpython.object cimport PyObject, PyTypeObject
from libc.stdint cimport uint64_t
from libc.string cimport memcpy, memmove

from sema.vm.keys cimport brief_key, compare_keys, is_plain, tells_all, told_by_word
from sema.vm.values cimport (
    gc_free, gc_is_tracked, gc_new_var, gc_track, gc_untrack, leave_free, may_be_in_cycle,
    must_wait, refcount, take_part, visit_words, visitor,
)
from sema.vm.word cimport ABSENT, NIL, decref, incref, is_ref, ptr_word, word_ptr

cdef enum:
    FANOUT = 16
    # Neighbours that have no more entries than this together become one node.
    SPARSE = 12
    # Brief key, key and slot.
    ENTRY = 3

cdef uint64_t HIGHEST = <uint64_t>-1


cdef struct Finger:
    # Below a root, the leaf with all keys whose brief keys lie between two bounds, and whether
    # nobody else holds a node on the way there, but perhaps the root.
    Word root
    NodeCell* leaf
    uint64_t low
    uint64_t high
    bint ours

# Where a key was looked up or put last: programs often go on nearby, or put what they looked up.
# A change of the way to the leaf takes the finger away. It is put only by keys whose comparison
# runs no Python, in which other threads might change the way while it is gone.
cdef Finger finger
finger.root = ABSENT


cdef class Node:
    """A node of a tree."""

    def __init__(self):
        raise TypeError("nodes belong to maps")


cdef inline NodeCell* cell(Word node) noexcept:
    return <NodeCell*>word_ptr(node)


cdef inline uint64_t* briefs(NodeCell* node) noexcept:
    return <uint64_t*>(node + 1)


cdef inline Word* keys(NodeCell* node) noexcept:
    return <Word*>(node + 1) + node.capacity


cdef inline Word* slots(NodeCell* node) noexcept:
    return <Word*>(node + 1) + 2 * node.capacity


# --- Nodes as objects -------------------------------------------------------------------------

cdef Word new_node(int height, int room) except ABSENT:
    """An empty node with room for at least so many entries."""
    cdef int capacity = 4 if room <= 4 else 8 if room <= 8 else FANOUT
    cdef NodeCell* node = <NodeCell*>gc_new_var(<PyTypeObject*>Node, ENTRY * capacity)
    node.capacity = capacity
    node.height = height
    node.used = 0
    return ptr_word(<PyObject*>node)


cdef void node_dealloc(PyObject* self) noexcept:
    cdef NodeCell* node = <NodeCell*>self
    cdef int i
    if gc_is_tracked(self):
        gc_untrack(self)
    if node == finger.leaf or ptr_word(self) == finger.root:
        finger.root = ABSENT
    if must_wait(self):
        return
    for i in range(node.used):
        decref(keys(node)[i])
        decref(slots(node)[i])
    gc_free(self)
    leave_free()


cdef int node_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef NodeCell* node = <NodeCell*>self
    cdef int stop = visit_words(keys(node), node.used, visit, arg)
    return stop if stop else visit_words(slots(node), node.used, visit, arg)


take_part(<PyObject*>Node, True, node_dealloc, node_traverse, NULL)


# --- Searching --------------------------------------------------------------------------------

cdef inline int first_at_least(NodeCell* node, uint64_t brief) noexcept:
    """The first place whose brief key is not smaller: which four, then which of them.

    There are no branches to guess, and no comparison waits for its neighbours. What lies behind
    the brief keys of a small node is still of the node, and does not count.
    """
    cdef uint64_t* ascending = briefs(node)
    cdef int n = node.used
    cdef int at = 4 * (is_below(ascending, 3, n, brief) + is_below(ascending, 7, n, brief)
                       + is_below(ascending, 11, n, brief))
    return (at + is_below(ascending, at, n, brief) + is_below(ascending, at + 1, n, brief)
            + is_below(ascending, at + 2, n, brief) + is_below(ascending, at + 3, n, brief))


cdef inline int is_below(uint64_t* ascending, int i, int n, uint64_t brief) noexcept:
    return (i < n) & (ascending[i] < brief)


cdef inline int first_above(NodeCell* node, int low, uint64_t brief) noexcept:
    """The first place from `low` on, where no smaller one is left, whose brief key is greater."""
    while low < node.used and briefs(node)[low] == brief:
        low += 1
    return low


cdef inline int place_of(NodeCell* leaf, uint64_t brief, Word key, bint* found) except -1:
    """Where a key is in a leaf, or where it belongs."""
    cdef int low = first_at_least(leaf, brief)
    cdef int high = first_above(leaf, low, brief)
    cdef int middle, order
    if low < high and (keys(leaf)[low] == key or tells_all(brief)):
        found[0] = True
        return low
    while low < high:
        middle = (low + high) >> 1
        order = compare_keys(keys(leaf)[middle], key)
        if order == 0:
            found[0] = True
            return middle
        if order < 0:
            low = middle + 1
        else:
            high = middle
    found[0] = False
    return low


cdef inline int child_for(NodeCell* inner, uint64_t brief, Word key) except -1:
    """Below which slot of an inner node a key belongs."""
    cdef int low = max(1, first_at_least(inner, brief))
    cdef int high = first_above(inner, low, brief)
    cdef int middle
    while low < high:
        middle = (low + high) >> 1
        if compare_keys(keys(inner)[middle], key) <= 0:
            low = middle + 1
        else:
            high = middle
    return low - 1


cdef inline void narrow(Finger* at, NodeCell* inner, int i) noexcept:
    """Go down to a place of an inner node."""
    if i > 0:
        at.low = briefs(inner)[i]
    if i + 1 < inner.used:
        at.high = briefs(inner)[i + 1]


cdef inline bint is_at(Finger* at, Word tree, uint64_t brief) noexcept:
    """Whether a key with this brief key belongs into the finger's leaf."""
    return at.root == tree and at.low < brief and brief < at.high


cdef NodeCell* leaf_for(Word tree, uint64_t brief, Word key) except NULL:
    """The leaf to which a key belongs, where the finger is then."""
    cdef Finger at = Finger(tree, cell(tree), 0, HIGHEST, True)
    cdef int i
    while at.leaf.height:
        i = child_for(at.leaf, brief, key)
        narrow(&at, at.leaf, i)
        at.leaf = cell(slots(at.leaf)[i])
        at.ours = at.ours and refcount(<PyObject*>at.leaf) == 1
    global finger
    if is_plain(brief):
        finger = at
    return at.leaf


cdef Word find(Word tree, Word key) except? 0:
    """The value of a key, borrowed from the tree, or ABSENT."""
    cdef NodeCell* node
    cdef uint64_t brief
    cdef int i
    cdef bint found
    if not is_ref(tree):
        return ABSENT
    node = cell(tree)
    if node.height or not told_by_word(key):
        brief = brief_key(key)
        if node.height:
            node = finger.leaf if is_at(&finger, tree, brief) else leaf_for(tree, brief, key)
        i = place_of(node, brief, key, &found)
        return slots(node)[i] if found else ABSENT
    for i in range(node.used):
        if keys(node)[i] == key:
            return slots(node)[i]
    return ABSENT


cdef TreeCursor first_entry(Word tree) noexcept:
    """A cursor before the first entry of a tree, which must live as long and stay the same."""
    cdef TreeCursor cursor
    cdef int level
    cursor.height = -1
    if is_ref(tree):
        cursor.height = cell(tree).height
        cursor.nodes[cursor.height] = cell(tree)
        cursor.at[cursor.height] = 0
        for level in range(cursor.height - 1, -1, -1):
            cursor.nodes[level] = cell(slots(cursor.nodes[level + 1])[0])
            cursor.at[level] = 0
    return cursor


cdef bint next_entry(TreeCursor* cursor, Word* key, Word* value) noexcept:
    """Step to the next entry, borrowed from the tree; false if there is none left."""
    cdef int level = 0
    while level <= cursor.height and cursor.at[level] == cursor.nodes[level].used:
        level += 1
        if level <= cursor.height:
            cursor.at[level] += 1
    if level > cursor.height:
        return False
    while level:
        cursor.nodes[level - 1] = cell(slots(cursor.nodes[level])[cursor.at[level]])
        level -= 1
        cursor.at[level] = 0
    key[0] = keys(cursor.nodes[0])[cursor.at[0]]
    value[0] = slots(cursor.nodes[0])[cursor.at[0]]
    cursor.at[0] += 1
    return True


# --- Changing nodes ---------------------------------------------------------------------------

cdef int own(Word* place, int more) except -1:
    """Make the node at a place of ours ours as well, with room for so many more entries."""
    cdef NodeCell* node = cell(place[0])
    cdef bint shared = refcount(<PyObject*>node) > 1
    if not shared and node.used + more <= node.capacity:
        return 0
    cdef Word made = new_node(node.height, node.used + more)
    if node.height or node == finger.leaf:
        finger.root = ABSENT
    move(node, 0, made, shared)
    decref(place[0])
    place[0] = made
    return 0


cdef void move(NodeCell* source, int start, Word target, bint copy) noexcept:
    """Entries of a node from a place on to the end of another that has room for them; they stay
    in the first, too, if it is a copy."""
    cdef NodeCell* node = cell(target)
    cdef int n = source.used - start
    cdef int i
    memcpy(briefs(node) + node.used, briefs(source) + start, n * sizeof(Word))
    memcpy(keys(node) + node.used, keys(source) + start, n * sizeof(Word))
    memcpy(slots(node) + node.used, slots(source) + start, n * sizeof(Word))
    if copy:
        for i in range(start, source.used):
            incref(keys(source)[i])
            incref(slots(source)[i])
    else:
        source.used = start
    node.used += n
    if gc_is_tracked(<PyObject*>source) and not gc_is_tracked(<PyObject*>node):
        gc_track(<PyObject*>node)


cdef void insert(NodeCell* node, int i, uint64_t brief, Word key, Word slot) noexcept:
    """An entry, taken over, into a node of ours that has room."""
    cdef Py_ssize_t rest = (node.used - i) * sizeof(Word)
    # Keys often come in order: then there is nothing to move.
    if rest:
        memmove(briefs(node) + i + 1, briefs(node) + i, rest)
        memmove(keys(node) + i + 1, keys(node) + i, rest)
        memmove(slots(node) + i + 1, slots(node) + i, rest)
    briefs(node)[i] = brief
    keys(node)[i] = key
    slots(node)[i] = slot
    node.used += 1


cdef void cut(NodeCell* node, int i) noexcept:
    """An entry out of a node of ours; its words are the caller's."""
    cdef Py_ssize_t rest = (node.used - i - 1) * sizeof(Word)
    memmove(briefs(node) + i, briefs(node) + i + 1, rest)
    memmove(keys(node) + i, keys(node) + i + 1, rest)
    memmove(slots(node) + i, slots(node) + i + 1, rest)
    node.used -= 1


cdef inline void track(NodeCell* node) noexcept:
    if not gc_is_tracked(<PyObject*>node):
        gc_track(<PyObject*>node)


# --- Putting ----------------------------------------------------------------------------------

cdef Word* slot_of(Word* tree, Word key, bint tracked, bint* added) except NULL:
    """Where the value of a key is, for the caller to change at once; NIL if the key, borrowed, was
    not there before. `tracked` says whether the collector must see the key or the new value."""
    cdef uint64_t brief = brief_key(key)
    cdef NodeCell* node = NULL
    cdef Word* place = tree
    cdef int i = 0
    cdef int at, start
    cdef bint found
    global finger
    if is_at(&finger, tree[0], brief) and finger.ours and refcount(word_ptr(tree[0])) == 1 and (
            not tracked or gc_is_tracked(<PyObject*>finger.leaf)):
        node = finger.leaf
        at = place_of(node, brief, key, &found)
        if found or node.used < node.capacity:
            return slot_at(node, at, brief, key, found, added)
    if not is_ref(tree[0]):
        tree[0] = new_node(0, 1)
    elif cell(tree[0]).height and cell(tree[0]).used == FANOUT:
        grow_root(tree)
    cdef Finger path = Finger(ABSENT, NULL, 0, HIGHEST, True)
    node = NULL
    while cell(place[0]).height:
        # No inner node that we enter is full: whatever is split below it finds its place there.
        own(place, 1)
        node = cell(place[0])
        if tracked:
            track(node)
        i = child_for(node, brief, key)
        if cell(slots(node)[i]).height and cell(slots(node)[i]).used == FANOUT:
            split(node, i, FANOUT // 2)
            i = child_for(node, brief, key)
        narrow(&path, node, i)
        place = &slots(node)[i]
    at = place_of(cell(place[0]), brief, key, &found)
    if not found and cell(place[0]).used == FANOUT:
        if node == NULL:
            grow_root(tree)
            node = cell(tree[0])
            if tracked:
                track(node)
        # Keys often come in order: leave full nodes behind then.
        start = FANOUT - 1 if at == FANOUT else 1 if at == 0 else FANOUT // 2
        split(node, i, start)
        if at > start:
            i += 1
            at -= start
        narrow(&path, node, i)
        place = &slots(node)[i]
    own(place, 0 if found else 1)
    path.leaf = cell(place[0])
    if tracked:
        track(path.leaf)
    if node != NULL and is_plain(brief):
        path.root = tree[0]
        finger = path
    return slot_at(path.leaf, at, brief, key, found, added)


cdef inline Word* slot_at(
    NodeCell* leaf, int at, uint64_t brief, Word key, bint found, bint* added
) noexcept:
    """The slot at a place of a leaf of ours, which has room if the key is not there yet."""
    if not found:
        incref(key)
        insert(leaf, at, brief, key, NIL)
    added[0] = not found
    return &slots(leaf)[at]


cdef Word leaf_with(Word leaf, Word* values) except ABSENT:
    """A tree with the keys of one that is a leaf, and other values, borrowed."""
    cdef NodeCell* source = cell(leaf)
    cdef int n = source.used
    cdef Word made = new_node(0, n)
    cdef NodeCell* node = cell(made)
    cdef bint tracked = gc_is_tracked(<PyObject*>source)
    cdef int i
    memcpy(briefs(node), briefs(source), n * sizeof(Word))
    memcpy(keys(node), keys(source), n * sizeof(Word))
    memcpy(slots(node), values, n * sizeof(Word))
    node.used = n
    for i in range(n):
        incref(keys(node)[i])
        incref(values[i])
        tracked = tracked or may_be_in_cycle(values[i])
    if tracked:
        gc_track(<PyObject*>node)
    return made


cdef int grow_root(Word* tree) except -1:
    """A new root above the old one."""
    finger.root = ABSENT
    cdef Word made = new_node(cell(tree[0]).height + 1, 2)
    insert(cell(made), 0, 0, NIL, tree[0])
    if gc_is_tracked(word_ptr(tree[0])):
        gc_track(word_ptr(made))
    tree[0] = made
    return 0


cdef int split(NodeCell* parent, int i, int start) except -1:
    """Move the entries of a child from `start` on into a new node beside it. The parent is ours
    and has room."""
    finger.root = ABSENT
    own(&slots(parent)[i], 0)
    cdef NodeCell* child = cell(slots(parent)[i])
    cdef Word made = new_node(child.height, FANOUT)
    move(child, start, made, False)
    cdef uint64_t brief = briefs(cell(made))[0]
    cdef Word bound = keys(cell(made))[0]
    if child.height:
        keys(cell(made))[0] = NIL
    else:
        incref(bound)
    insert(parent, i + 1, brief, bound, made)
    return 0


# --- Removing ---------------------------------------------------------------------------------

cdef int remove(Word* tree, Word key) except -1:
    """Take away a key, which must be there."""
    cdef NodeCell* nodes[MOST_LEVELS]
    cdef int at[MOST_LEVELS]
    cdef int level = 0
    cdef bint found
    cdef int i
    cdef Word* place = tree
    cdef uint64_t brief = brief_key(key)
    finger.root = ABSENT
    own(place, 0)
    while cell(place[0]).height:
        nodes[level] = cell(place[0])
        at[level] = child_for(nodes[level], brief, key)
        place = &slots(nodes[level])[at[level]]
        own(place, 0)
        level += 1
    cdef NodeCell* leaf = cell(place[0])
    i = place_of(leaf, brief, key, &found)
    cdef Word old_key = keys(leaf)[i]
    cdef Word old = slots(leaf)[i]
    cut(leaf, i)
    while level:
        level -= 1
        tidy(nodes[level], at[level])
    shrink(tree)
    decref(old_key)
    decref(old)
    return 0


cdef int tidy(NodeCell* parent, int i) except -1:
    """Below a node of ours, remove an empty child or join a sparse one with its neighbour."""
    cdef int used = cell(slots(parent)[i]).used
    cdef Word bound, dead
    if not used:
        bound, dead = keys(parent)[i], slots(parent)[i]
        cut(parent, i)
        if i == 0 and parent.used:
            bound = keys(parent)[0]
            keys(parent)[0] = NIL
        decref(bound)
        decref(dead)
    elif used <= SPARSE // 2:
        if i > 0 and used + cell(slots(parent)[i - 1]).used <= SPARSE:
            join(parent, i - 1)
        elif i + 1 < parent.used and used + cell(slots(parent)[i + 1]).used <= SPARSE:
            join(parent, i)
    return 0


cdef int join(NodeCell* parent, int i) except -1:
    """Two neighbours become one node; without memory for it they may stay as they are."""
    cdef Word* place = &slots(parent)[i]
    cdef Word right = slots(parent)[i + 1]
    cdef uint64_t brief = briefs(parent)[i + 1]
    cdef Word bound = keys(parent)[i + 1]
    cdef int used
    try:
        own(place, cell(right).used)
    except MemoryError:
        return 0
    used = cell(place[0]).used
    move(cell(right), 0, place[0], refcount(word_ptr(right)) > 1)
    cut(parent, i + 1)
    if cell(place[0]).height:
        briefs(cell(place[0]))[used] = brief
        keys(cell(place[0]))[used] = bound
    else:
        decref(bound)
    decref(right)
    return 0


cdef void shrink(Word* tree) noexcept:
    """A root with one child gives way to it; one without any, to nothing."""
    cdef NodeCell* root = cell(tree[0])
    cdef Word heir
    while root.used <= 1:
        if root.used == 1 and not root.height:
            return
        heir = slots(root)[0] if root.used else NIL
        root.used = 0
        decref(tree[0])
        tree[0] = heir
        if heir == NIL:
            return
        root = cell(heir)
