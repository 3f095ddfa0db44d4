"""Maintenance of a data folder: check, repair, back up, restore."""
