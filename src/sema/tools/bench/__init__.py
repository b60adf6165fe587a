"""``sema bench``: what calls cost, under every call-site cache and beside other languages.

``suite`` says what the benchmarks are, ``subjects`` who runs them, ``measure`` how often;
``results`` is what comes out, ``noise`` says what of it is certain, ``page`` and ``text`` show it.
"""
