"""How long a big program takes from text to running, and from the cache.

    python benchmarks/compile_speed.py [LINES]

The program is generated: functions, conditionals, loops, lists, strings, macros of the prelude.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import sema

LINES = 10_000
TEMPLATE = """\
;; Orders of customer {n}: totals, discounts and a report.
(define rate-{n} (+ 0.05 {n}))
(define (total-{n} orders)
  (let loop ((rest-of orders) (sum 0))
    (if (null? rest-of)
        sum
        (let ((order (car rest-of)))
          (loop (cdr rest-of) (+ sum (* (:price order) (:count order))))))))

(define (discount-{n} sum items)
  (cond ((> sum 1000) (* sum rate-{n}))
        ((and (> sum 100) (> (length items) {n})) (- sum 10))
        (else 0)))

(define (label-{n} order . options)
  (let* ((name (string-append "order-" (number->string (:id order))))
         (kind (if (member 'express options) "express" "standard")))
    (when (null? options)
      (set! kind "plain"))
    (string-append name ":" kind)))

(define (report-{n} orders)
  (let ((sum (total-{n} orders))
        (labels (map (lambda (order) (label-{n} order 'express)) orders)))
    (try
      (-> (hash-map :sum sum :labels labels)
          (assoc :discount (discount-{n} sum labels)))
      (catch problem
        (throw (:message problem))))))
"""


def program(lines: int = LINES) -> str:
    """A program of about so many lines, which prints nothing."""
    parts = [TEMPLATE.format(n=n) for n in range(lines // TEMPLATE.count("\n"))]
    return "\n".join(parts) + "(:sum (report-0 '({:id 1 :price 2 :count 3})))\n"


def seconds(path: Path) -> float:
    """How long a fresh interpreter takes to run the program."""
    interpreter = sema.Interpreter()
    start = perf_counter()
    assert interpreter.load_file(path) == 6
    return perf_counter() - start


def main() -> None:
    text = program(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "program.sema"
        path.write_text(text, encoding="utf-8")
        lines = text.count("\n")
        os.environ["SEMA_NO_CACHE"] = "1"
        print(f"{lines:,} lines from text: {min(seconds(path) for _ in range(3)):.3f} s")
        del os.environ["SEMA_NO_CACHE"]
        seconds(path)
        print(f"{lines:,} lines from the cache: {min(seconds(path) for _ in range(5)):.3f} s")


if __name__ == "__main__":
    main()
