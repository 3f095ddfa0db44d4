"""The command `plandoc`: arguments, printing and exit statuses; it holds no rule of baking or of files.

What every single command costs to start is watched: the modules of the other commands, and rich, are imported
only where they are needed.
"""

from __future__ import annotations

from plandoc.cli.app import main

__all__ = ["main"]
