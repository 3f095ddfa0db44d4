"""A plugin for pytest that runs TinyDB's own tests against plandoc.durable: whose names stand for TinyDB's before they are imported."""

from __future__ import annotations

import os

import pytest
import tinydb
import tinydb.database
import tinydb.storages

from plandoc import durable


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Put the storage, or the whole database, in TinyDB's place; called before any file of the tests is imported."""
    tinydb.JSONStorage = tinydb.storages.JSONStorage = durable.DurableStorage
    tinydb.TinyDB.default_storage_class = durable.DurableStorage
    if os.environ["PLANDOC_DURABLE"] == "TinyDB":
        tinydb.TinyDB = tinydb.database.TinyDB = durable.TinyDB
