"""The tests of plandoc."""
