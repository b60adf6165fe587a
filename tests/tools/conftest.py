"""Tests that need a browser are collected where there is one."""

from __future__ import annotations

from shutil import which

collect_ignore = [] if which("chromedriver") else ["test_profile_page.py"]
