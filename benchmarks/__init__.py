"""Measurements of the project itself: the suites of ``sema bench`` with start-up and whole
processes, and the speed of single parts."""
