def is_number(x):
    return isinstance(x, int)


def add(a, b):
    if is_number(a) and is_number(b):
        return a + b
    if a == 0:
        return b
    if b == 0:
        return a
    return ("+", a, b)


def multiply(a, b):
    if is_number(a) and is_number(b):
        return a * b
    if a == 0 or b == 0:
        return 0
    if a == 1:
        return b
    if b == 1:
        return a
    return ("*", a, b)


def derive(formula, x):
    if is_number(formula):
        return 0
    if isinstance(formula, str):
        return 1 if formula == x else 0
    operator, a, b = formula
    if operator == "+":
        return add(derive(a, x), derive(b, x))
    if operator == "*":
        return add(multiply(a, derive(b, x)), multiply(derive(a, x), b))
    raise ValueError("unknown operator")


def size(formula):
    if not isinstance(formula, tuple):
        return 1
    return 1 + size(formula[1]) + size(formula[2])


FORMULA = (
    "+",
    ("*", ("*", "x", "x"), ("*", ("+", "x", 3), "y")),
    ("+", ("*", 5, ("*", "x", "y")), ("*", ("*", "x", ("+", "x", 1)), ("*", "x", "x"))),
)


def once():
    total = 0
    for _ in range(100):
        first = derive(FORMULA, "x")
        second = derive(first, "x")
        third = derive(second, "x")
        total += size(first) + size(second) + size(third)
    return total
