from functools import cmp_to_key


def make_numbers():
    numbers, random = [], 42
    for _ in range(10000):
        numbers.append(random)
        random = (random * 3877 + 29573) % 139968
    return numbers[::-1]


NUMBERS = make_numbers()


def compare(a, b):
    last_a, last_b = a % 10, b % 10
    return b - a if last_a == last_b else last_a - last_b


def once():
    total = 0
    for x in sorted(NUMBERS, key=cmp_to_key(compare)):
        total = (total * 31 + x) % 1000003
    return total
