"""``python -m ketevidence.cli`` is the command ``ketevidence``."""

import sys

from ketevidence.cli import main

sys.exit(main())
