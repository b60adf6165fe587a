"""harness.py PROGRAM WIDTH N: runs the program's once() N times, prints result and seconds."""

import runpy
import sys
import time

once = runpy.run_path(sys.argv[1])["once"]
result = None
start = time.process_time()
for _ in range(int(sys.argv[3])):
    result = once()
seconds = time.process_time() - start
print(result, f"{seconds:.9f}")
