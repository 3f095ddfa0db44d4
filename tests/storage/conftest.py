"""What the proofs of the storage share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from recorder import QuickFiles, make_folder

# For thousands of short-lived files; in memory where the system has such a place, for speed alone.
IN_MEMORY = Path("/dev/shm")


@contextmanager
def _folder(otherwise: Path) -> Iterator[Path]:
    if not IN_MEMORY.is_dir():
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="plandoc-tests-") as folder:
        yield Path(folder)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder for one test."""
    with _folder(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def module_scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for all tests of a module."""
    with _folder(tmp_path_factory.mktemp("module")) as folder:
        yield folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data folder as it was made."""
    return make_folder(tmp_path / "data", QuickFiles())
