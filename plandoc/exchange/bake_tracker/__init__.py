"""Exports of the seed program, bake-tracker, read into drafts."""
