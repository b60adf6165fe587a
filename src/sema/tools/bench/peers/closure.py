def adder(k):
    return lambda x: x + k


def apply_often(f, n):
    total = 0
    while n > 0:
        total = f(total)
        n -= 1
    return total


def once():
    return apply_often(adder(3), 10000)
