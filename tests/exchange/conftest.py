import pytest

import plandoc


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def store(folder):
    with plandoc.open_store(folder, create=True) as opened:
        yield opened
