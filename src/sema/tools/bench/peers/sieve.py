def strike(flags, p, n):
    for multiple in range(p * p, n, p):
        flags[multiple] = False


def primes_below(n):
    flags, found = [True] * n, 0
    for i in range(2, n):
        if flags[i]:
            found += 1
            strike(flags, i, n)
    return found


def once():
    return primes_below(50000)
