def is_safe(column, distance, placed):
    while placed is not None:
        other, placed = placed
        if other in (column, column + distance, column - distance):
            return False
        distance += 1
    return True


def solutions(size, row, placed):
    if row == size:
        return 1
    found = 0
    for column in range(size):
        if is_safe(column, 1, placed):
            found += solutions(size, row + 1, (column, placed))
    return found


def once():
    return solutions(8, 0, None)
