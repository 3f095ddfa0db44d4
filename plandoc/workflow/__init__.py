"""What a user does to a plan: thin operations that read records in a session and hand them to the domain."""
