"""``python -m sema``: the command line."""

import sys

from sema.tools.cli import main

sys.exit(main())
