"""``python -m retrogait`` is ``retrogait``."""

import sys

from retrogait.cli import main

if __name__ == "__main__":
    sys.exit(main())
