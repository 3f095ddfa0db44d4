"""Backups: a copy of one moment of a data folder, made while others work, and the way back."""
