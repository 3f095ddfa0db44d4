"""The report of an event: one self-contained HTML file to read or print.

Only the `report` command imports this package, because it needs jinja2 and most scripts write no report.
"""

from __future__ import annotations

from plandoc.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
