from functools import cmp_to_key

SYLLABLES = ["ka", "lo", "mi", "nu", "re", "so", "ta", "vi"]


def make_text():
    words, random = [], 42
    for _ in range(5000):
        a, b, c = random % 8, random // 8 % 8, random // 64 % 4
        words.append(SYLLABLES[a] + SYLLABLES[b] + SYLLABLES[c])
        random = (random * 3877 + 29573) % 139968
    return " ".join(words)


TEXT = make_text()


def count_words(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def compare(a, b):
    if a[1] != b[1]:
        return b[1] - a[1]
    return -1 if a[0] < b[0] else 1


def once():
    counts = count_words(TEXT.split(" "))
    entries = sorted(counts.items(), key=cmp_to_key(compare))
    total = len(entries)
    for _, count in entries[:10]:
        total = 3 * total + count
    return total
