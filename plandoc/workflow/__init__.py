"""Planning an event: thin operations that read records in a session and hand them to the sums."""
