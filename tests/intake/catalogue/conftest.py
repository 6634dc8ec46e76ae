"""The catalogue's tests take people in by the registry's own means."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "registry"))
