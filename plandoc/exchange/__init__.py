"""Bringing plans and catalogues in from other programs, all or nothing."""

from plandoc.exchange.importing import import_file
from plandoc.exchange.report import ImportReport, Outcome, Row

__all__ = ["ImportReport", "Outcome", "Row", "import_file"]
