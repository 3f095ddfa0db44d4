"""Putting a damaged folder in order: only what is safe, said first, and nothing lost by it."""

from plandoc.maintenance.checks import Fix
from plandoc.maintenance.repairs.repair_report import RepairAction, RepairReport
from plandoc.maintenance.repairs.repairing import repair

__all__ = ["Fix", "RepairAction", "RepairReport", "repair"]
