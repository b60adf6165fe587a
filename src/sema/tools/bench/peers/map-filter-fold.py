from functools import reduce

NUMBERS = list(range(20000))


def sum_of_squares(xs):
    wanted = filter(lambda x: x % 3 == 0, xs)
    return reduce(lambda a, b: a + b, map(lambda x: x * x, wanted), 0)  # noqa: C417


def largest_difference(xs, ys):
    return reduce(max, map(lambda x, y: abs(x - y), xs, ys), 0)


def once():
    return (
        sum_of_squares(NUMBERS)
        + largest_difference(NUMBERS, NUMBERS[::-1])
        + reduce(lambda total, x: total * 3 % 1000 + x, map(lambda x: x - 5, NUMBERS), 0)  # noqa: C417
    )
