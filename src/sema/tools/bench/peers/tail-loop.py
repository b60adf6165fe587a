def loop(n, total):
    while n != 0:
        n, total = n - 1, total + n
    return total


def once():
    return loop(10000, 0)
