"""The report of an event: one HTML file to look at and to print, that needs nothing but itself.

Nothing else of plandoc imports this package, for it needs jinja2 and most scripts make no report.
"""

from __future__ import annotations

from plandoc.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
