"""Folders to measure in, the order of turns, and the statistics of what was measured."""
