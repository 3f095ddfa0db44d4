"""Stores on a PostgreSQL server, which the tests start themselves."""
