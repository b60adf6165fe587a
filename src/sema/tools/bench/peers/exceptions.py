class Problem(Exception):
    def __init__(self, value):
        self.value = value


def check(n):
    if n % 3 == 0:
        raise Problem(n)
    return n


def deep(n, depth):
    return check(n) if depth == 0 else 1 + deep(n, depth - 1)


def guarded(n):
    try:
        return deep(n, 5)
    except Problem as problem:
        return -problem.value


def once():
    total = 0
    for n in range(3000):
        total += guarded(n)
    return total
