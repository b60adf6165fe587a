SIZE, LIMIT = 128, 100


def steps(cr, ci):
    zr, zi, n = 0.0, 0.0, 0
    while True:
        zr2, zi2 = zr * zr, zi * zi
        if n == LIMIT or zr2 + zi2 > 4.0:
            return n
        zr, zi, n = zr2 - zi2 + cr, 2.0 * zr * zi + ci, n + 1


def once():
    total, scale = 0, 3.0 / SIZE
    for y in range(SIZE):
        for x in range(SIZE):
            total += steps(x * scale - 2.0, y * scale - 1.5)
    return total
