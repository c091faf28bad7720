"""``python -m yardwatch`` is the command `yardwatch`."""

import sys

from yardwatch.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
