"""Documents in and out, all or nothing; nothing here knows what a record is."""
