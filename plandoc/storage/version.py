"""The version of plandoc, as in pyproject.toml.

A constant, because each document says which version wrote it: asking the installed package would cost more than the commit.
"""

__version__ = "0.2.0"
