"""What a user may trust: proofs from the outside."""
