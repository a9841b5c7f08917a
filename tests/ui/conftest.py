"""The scripted answers that the browser tests serve are rendered here without a browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
