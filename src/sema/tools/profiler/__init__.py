"""``sema profile``: what the call sites of a program do, and where its time goes.

``run`` runs programs, ``profile`` says what was seen as plain data, ``advice`` what to do about it;
``text``, ``flamegraph`` and ``page`` show it.
"""
