"""``python -m ketevidence`` is the command ``ketevidence``."""

import sys

from ketevidence.cli import main

sys.exit(main())
