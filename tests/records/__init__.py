"""Tests of the records, of how they stand in files, and of files that are no good."""
