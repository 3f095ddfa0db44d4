"""How many inputs Hypothesis makes for a test: few by default, many among the proofs, or as the variable says."""

from __future__ import annotations

from hypothesis import settings

EXAMPLES = {"default": 5, "costly": 8, "proof": 100}
EXAMPLES_VARIABLE = "PLANDOC_EXAMPLES"


def examples(most: int) -> int:
    """Return how many inputs a property gets that names its number: few by default, that number among the proofs."""
    wanted = settings.default.max_examples
    if wanted == EXAMPLES["proof"]:
        return most
    return min(most, wanted) if wanted in EXAMPLES.values() else wanted
