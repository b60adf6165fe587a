def build(n):
    made = None
    end = None
    while n > 0:
        made = [1, [2, [3, [4, [5, [6, [7, [8, end]]]]]]]]
        n -= 1
    return made[0]


def once():
    return build(2000)
