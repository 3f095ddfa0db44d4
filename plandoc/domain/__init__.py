"""The rules of planning: pure functions over frozen records, exact, without a store and without binary floats."""
