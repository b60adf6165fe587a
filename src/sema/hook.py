"""``import sema.hook``: from then on ``import rules`` finds ``rules.sema``; see ``importer.py``."""

from sema.importer import install

install()
