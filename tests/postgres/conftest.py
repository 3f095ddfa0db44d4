import pytest

import plandoc
from tests.conftest import MOMENT


@pytest.fixture
def open_one(address):
    """Open the store once more, as another program would; all are closed at the end."""
    opened = []

    def another(place=address, **wanted):
        opened.append(plandoc.open_store(place, create=not opened, clock=lambda: MOMENT, **wanted))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


@pytest.fixture
def store(open_one):
    made = open_one()
    plandoc.use_store(made)
    return made
