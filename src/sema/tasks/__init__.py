"""Tasks: coroutines that take turns, promises of their results, and channels between them.

The program itself is the root task. It runs in place on the machine's stack, as does all code below
which there are frames of C; where such code waits, the other tasks run above it.
"""
