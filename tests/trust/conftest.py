"""What the proofs of trust share."""

import sys
from pathlib import Path

from tests.trust.backing import worked_in

# The crash model of the storage is used here, too; its modules find each other by their bare names.
sys.path.insert(0, str(Path(__file__).parent.parent / "storage"))

__all__ = ["worked_in"]
