"""Showing what was measured: on the terminal, as a page, as a picture; and what machine it was."""
