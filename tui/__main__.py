"""``python -m tui`` is ``omni-transcripts``."""

import sys

from tui.cli import main

sys.exit(main())
