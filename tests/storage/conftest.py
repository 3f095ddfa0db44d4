"""What the proofs of the storage share."""

from __future__ import annotations

from pathlib import Path

import pytest
from recorder import QuickFiles, make_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder as it was made."""
    return make_folder(tmp_path / "data", QuickFiles())
