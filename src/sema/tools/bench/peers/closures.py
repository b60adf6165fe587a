def make_counter(step):
    n = 0

    def count():
        nonlocal n
        n += step
        return n

    return count


def sum_of_counters(n):
    total = 0
    for i in range(n):
        counter = make_counter(i)
        counter()
        total += counter()
    return total


def adder(k):
    return lambda x: x + k


def compose(f, g):
    return lambda x: f(g(x))


def chain(n):
    f = lambda x: x  # noqa: E731
    for k in range(n):
        f = compose(f, adder(k))
    return f


def sum_of_calls(f, n):
    total = 0
    for i in range(n):
        total += f(i)
    return total


def once():
    return sum_of_counters(30000) + sum_of_calls(chain(20), 3000)
