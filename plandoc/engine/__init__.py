"""Documents as records: what a session reads and writes, and what holds among records."""
