"""A durable TinyDB: the same tables and queries, in a file that no crash and no second writer can destroy.

`TinyDB` takes the place of `tinydb.TinyDB`, `Folder` changes several such files together, and `DurableStorage` is the
storage alone, for TinyDB's own class. Nothing in here knows of recipes or plans.
"""

from plandoc.durable.database import TinyDB
from plandoc.durable.errors import DamagedDatabaseError, DatabaseNotFoundError
from plandoc.durable.several_files import Folder
from plandoc.durable.storage import DurableStorage

__all__ = ["DamagedDatabaseError", "DatabaseNotFoundError", "DurableStorage", "Folder", "TinyDB"]
