"""``python -m matchmaker`` is the same as ``matchmaker``."""

import sys

from matchmaker.cli import main

if __name__ == "__main__":
    sys.exit(main())
