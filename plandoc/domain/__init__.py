"""The sums of planning: pure functions over frozen records, exact, without a store and without a binary float."""
