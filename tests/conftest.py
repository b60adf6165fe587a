"""What all tests share."""

from __future__ import annotations

import os

# Programs of the repository run without leaving compiled code next to them.
os.environ["SEMA_NO_CACHE"] = "1"
