"""Repairing a damaged folder: only what is safe, shown first, without losing data."""

from plandoc.maintenance.checks import Fix
from plandoc.maintenance.repairs.repair_report import RepairAction, RepairReport
from plandoc.maintenance.repairs.repairing import repair

__all__ = ["Fix", "RepairAction", "RepairReport", "repair"]
