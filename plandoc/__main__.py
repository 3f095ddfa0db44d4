"""`python -m plandoc`: the same command as `plandoc`."""

from __future__ import annotations

from plandoc.cli import run

if __name__ == "__main__":
    run()
