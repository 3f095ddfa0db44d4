from __future__ import annotations

import pytest

import plandoc
from plandoc.records import PlanState
from tests.builders import a_plan, folder_bytes


@pytest.fixture(scope="module")
def good_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "data"
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION)
    return folder


@pytest.fixture
def folder(good_folder, tmp_path):
    copy = tmp_path / "data"
    (copy / "events").mkdir(parents=True)
    for name, content in folder_bytes(good_folder).items():
        (copy / name).write_bytes(content)
    return copy
