"""The modules of deploy/dev, which are scripts of a folder that is no package."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "deploy" / "dev"

sys.path.insert(0, str(DEV))
try:
    import commands
    import machine
    import services
    import tally
finally:
    sys.path.remove(str(DEV))

__all__ = ["DEV", "ROOT", "commands", "machine", "services", "tally"]
