"""Text: made harmless for terminals and spreadsheets, and the word that was probably meant by another."""
