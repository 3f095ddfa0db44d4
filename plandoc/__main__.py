"""`python -m plandoc`: the same command as `plandoc`."""

from __future__ import annotations

from plandoc.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
