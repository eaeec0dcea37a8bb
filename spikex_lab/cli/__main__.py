"""``python -m spikex_lab.cli`` is ``spikex``."""

import sys

from spikex_lab.cli.main import main

sys.exit(main())
