"""What people open: the workbook and the page of shortlists; the book, workbook, calendars and PDF of an event."""

from matchmaker.report.book import render_book, write_book
from matchmaker.report.book_content import BookContent
from matchmaker.report.calendars import Calendars, write_calendars
from matchmaker.report.content import ReportContent
from matchmaker.report.event_workbook import write_event_workbook
from matchmaker.report.page import render_page, write_page
from matchmaker.report.printing import Printed, print_pdf
from matchmaker.report.workbook import write_workbook

__all__ = [
    "BookContent",
    "Calendars",
    "Printed",
    "ReportContent",
    "print_pdf",
    "render_book",
    "render_page",
    "write_book",
    "write_calendars",
    "write_event_workbook",
    "write_page",
    "write_workbook",
]
