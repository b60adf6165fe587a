"""What all tests share."""

from __future__ import annotations

import os

import hypothesis

# Programs of the repository run without leaving compiled code next to them.
os.environ["SEMA_NO_CACHE"] = "1"

# The same examples each time: a run that fails fails again.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")
