"""A plugin for pytest that runs TinyDB's own tests against plandoc.durable: its names stand for TinyDB's before they are imported."""

from __future__ import annotations

import os

import tinydb
import tinydb.database
import tinydb.storages

from plandoc import durable

tinydb.JSONStorage = tinydb.storages.JSONStorage = durable.DurableStorage
tinydb.TinyDB.default_storage_class = durable.DurableStorage
if os.environ["PLANDOC_DURABLE"] == "TinyDB":
    tinydb.TinyDB = tinydb.database.TinyDB = durable.TinyDB
