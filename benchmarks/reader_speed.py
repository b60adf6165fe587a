"""How many megabytes of a realistic program the reader reads, and the printer prints, a second."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from sema.reader import read_all, write

MEGABYTES = 5
REPEATS = 5

TEMPLATES = [
    """
;; The running total of an order, with the customer's discount.
(define (order-total-{n} order rate)
  (let ((items (get order :items [])) (floor-price {i}.5))
    (if (null? items)
        0
        (foldl (lambda (total item)
                 (+ total (* (get item :price) (get item :count) (- 1 rate))))
               floor-price
               (filter #(> (get % :count) {i}) items)))))
""",
    """
(defun describe-{n} (person & others)
  "What to say about a person, \\"quoted\\" where needed."
  (cond ((nil? person) (error f"nobody at ${{(+ {i} 1)}} of {n}"))
        ((= (get person :age) {i}) (str "exactly " {i} " years\\n"))
        (else `(person ,(get person :name) ,@(map car others) #\\a -{i} {i}/7))))
""",
    """
(define table-{n} '(("alpha" {i} :red) ("beta" -{i} :green) ("gamma" {i}.25e3 :blue) (#t #f nil)))
(for-each (fn (row) (println (first row) (nth row 1))) table-{n})
""",
]


def make_source(size: int) -> str:
    """A program of about ``size`` characters."""
    chance = random.Random(1)
    pieces: list[str] = []
    length = 0
    while length < size:
        template = chance.choice(TEMPLATES)
        pieces.append(template.format(n=len(pieces), i=chance.randrange(1, 100_000)))
        length += len(pieces[-1])
    return "".join(pieces)


def best_time(work: Callable[[], object]) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    source = make_source(MEGABYTES * 1_000_000)
    forms, _ = read_all(source)
    printed = sum(len(write(form)) for form in forms)
    reading = len(source) / best_time(lambda: read_all(source)) / 1e6
    printing = printed / best_time(lambda: [write(form) for form in forms]) / 1e6
    print(f"read_all  {reading:6.1f} MB/s")
    print(f"write     {printing:6.1f} MB/s")


if __name__ == "__main__":
    main()
