import sys

sys.setrecursionlimit(10_000)


def ping(n):
    return 0 if n == 0 else 1 + pong(n - 1)


def pong(n):
    return 0 if n == 0 else 2 + ping(n - 1)


def once():
    return ping(1000)
