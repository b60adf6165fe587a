from math import floor, sqrt

SIZE = 50


def a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def make(f):
    return [f(i) for i in range(SIZE)]


def sum_of(f):
    total = 0.0
    for i in range(SIZE):
        total += f(i)
    return total


def times(v):
    return make(lambda i: sum_of(lambda j: a(i, j) * v[j]))


def times_transposed(v):
    return make(lambda i: sum_of(lambda j: a(j, i) * v[j]))


def dot(u, v):
    return sum_of(lambda i: u[i] * v[i])


def once():
    u = make(lambda i: 1.0)
    for _ in range(5):
        u = times_transposed(times(u))
    v = times_transposed(times(u))
    return floor(1e9 * sqrt(dot(u, v) / dot(u, u)))
