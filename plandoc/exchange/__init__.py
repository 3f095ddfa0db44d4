"""Plans and catalogues that leave a folder and come into one, all or nothing."""

from plandoc.exchange.importing import import_file
from plandoc.exchange.plandoc_files.exporting import ExportReport, export_file
from plandoc.exchange.plandoc_files.merging import OnConflict
from plandoc.exchange.report import ImportReport, Outcome, Row

__all__ = ["ExportReport", "ImportReport", "OnConflict", "Outcome", "Row", "export_file", "import_file"]
