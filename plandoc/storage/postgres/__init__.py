"""The PostgreSQL backend: the documents of a store as rows, for several who write side by side.

Imported only where a store on a server is opened, because it needs the extra `plandoc[postgres]`.
"""
