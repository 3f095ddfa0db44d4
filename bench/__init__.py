"""plandoc beside others that do the same: figures, and whether the goals are met. Run with `python -m bench`."""
