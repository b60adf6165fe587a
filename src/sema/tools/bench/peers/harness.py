"""harness.py PROGRAM WIDTH: reads numbers, one a line; for each it runs the program's once() so
many times and answers with the result and the seconds of processor time."""

import runpy
import sys
import time

once = runpy.run_path(sys.argv[1])["once"]
for line in sys.stdin:
    result = None
    start = time.process_time()
    for _ in range(int(line)):
        result = once()
    seconds = time.process_time() - start
    print(result, f"{seconds:.9f}", flush=True)
