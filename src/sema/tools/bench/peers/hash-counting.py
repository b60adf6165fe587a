def count_up(n):
    counts, random = {}, 42
    for _ in range(n):
        key = random % 1000
        counts[key] = counts.get(key, 0) + 1
        random = (random * 3877 + 29573) % 139968
    return counts


def once():
    counts, total = count_up(50000), 0
    for key in range(1000):
        total += key * counts.get(key, 0)
    return total
