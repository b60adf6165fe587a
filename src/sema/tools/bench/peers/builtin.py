def add_up(n):
    total = 0
    while n > 0:
        total += abs(n)
        n -= 1
    return total


def once():
    return add_up(10000)
