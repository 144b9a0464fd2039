"""What people open: the workbook and the page."""

from matchmaker.report.content import ReportContent
from matchmaker.report.page import render_page, write_page
from matchmaker.report.workbook import write_workbook

__all__ = ["ReportContent", "render_page", "write_page", "write_workbook"]
