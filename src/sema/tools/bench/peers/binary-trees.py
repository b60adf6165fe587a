def make_tree(depth):
    if depth == 0:
        return None
    return (make_tree(depth - 1), make_tree(depth - 1))


def nodes(tree):
    if tree is None:
        return 1
    return 1 + nodes(tree[0]) + nodes(tree[1])


def once():
    long_lived = make_tree(14)
    total = 0
    for depth in range(4, 15, 2):
        for _ in range(16384 // 2**depth):
            total += nodes(make_tree(depth))
    return total + nodes(long_lived)
