"""``sema bench``: programs beside other languages, and what calls cost under every call cache.

``suite`` says what the benchmarks are, ``subjects`` who runs them, ``measure`` how often;
``results`` is what comes out, ``noise`` says what of it is certain, ``table``, ``text`` and
``page`` show it.
"""
