"""Where Sema keeps what belongs to a user: packages, history, settings."""

from __future__ import annotations

import os


def home() -> str:
    """The directory: ``$SEMA_HOME``, or ``~/.sema``."""
    return os.environ.get("SEMA_HOME") or os.path.join(os.path.expanduser("~"), ".sema")
