"""The language of queries, which is TinyDB's own: `where("category") == "Cookies"`."""

from tinydb import where
from tinydb.queries import QueryLike

__all__ = ["QueryLike", "where"]
