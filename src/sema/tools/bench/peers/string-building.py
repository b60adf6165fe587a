def stars(n):
    text = ""
    for _ in range(n):
        text += "*"
    return text


def line(i):
    return "item " + str(i) + ": " + str(i * i)


def report(n):
    return "\n".join(map(line, range(n)))


def once():
    return len(stars(2000)) + len(report(5000))
