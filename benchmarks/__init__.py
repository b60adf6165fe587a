"""Measurements of the project itself: the suite of ``sema bench`` with start-up and whole
processes, and the speed of single parts."""
