"""Backups: a consistent copy of a data folder, made while others work, and restoring it."""
