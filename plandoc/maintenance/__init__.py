"""Looking after a data folder: check it, repair it, back it up, restore it."""
