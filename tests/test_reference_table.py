"""Every section of the language reference has tests, and the page that lists them is current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_complete_and_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference-table", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.stderr, checked.returncode) == ("", 0)
