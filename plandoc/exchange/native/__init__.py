"""plandoc's own exchange file: written by `export_file`, read back by `import_file`."""

from plandoc.exchange.native.export_native import ExportReport, export_file

__all__ = ["ExportReport", "export_file"]
