"""What a field of a record may hold: how a given value is converted, and which constraint judges it."""
