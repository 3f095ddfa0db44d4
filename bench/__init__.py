"""Figures for starting production, beside other ways to keep the same rows. Run with `python -m bench`."""
