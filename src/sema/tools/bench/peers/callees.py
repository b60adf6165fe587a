import sys

WIDTH = int(sys.argv[2])
DISTINCT = [eval(f"lambda x: x + {k}") for k in range(WIDTH)]
FUNCTIONS = None
for i in range(63, -1, -1):
    FUNCTIONS = (DISTINCT[i % WIDTH], FUNCTIONS)


def sweep(n):
    total = 0
    left = FUNCTIONS
    while n > 0:
        if left is None:
            left = FUNCTIONS
        total = left[0](total)
        left = left[1]
        n -= 1
    return total


def once():
    return sweep(6400)
