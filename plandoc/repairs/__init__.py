"""Putting a damaged folder in order: only what is safe, said first, and nothing lost by it."""

from plandoc.repairs.repairing import repair
from plandoc.repairs.report import RepairAction, RepairKind, RepairReport

__all__ = ["RepairAction", "RepairKind", "RepairReport", "repair"]
