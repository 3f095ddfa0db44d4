"""Exporting plans and catalogs from a folder and importing them into one, all or nothing."""

from plandoc.exchange.import_report import ImportReport, ImportRow, RowOutcome
from plandoc.exchange.importing import import_file
from plandoc.exchange.merge import OnConflict
from plandoc.exchange.native.export_native import ExportReport, export_file

__all__ = ["ExportReport", "ImportReport", "ImportRow", "OnConflict", "RowOutcome", "export_file", "import_file"]
