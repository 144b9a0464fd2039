"""Tables in and out: CSV, Excel, JSON Lines, Parquet, data frames and SQL queries as records, and files for people."""

from matchmaker.tables.decisions import read_decisions, settle_decisions
from matchmaker.tables.events import read_apart, read_changes, read_requests, read_timetable
from matchmaker.tables.marks import read_marks
from matchmaker.tables.planned import read_planned
from matchmaker.tables.registers import read_achievements, read_judgments, read_needs, read_pairs, read_shortlists
from matchmaker.tables.safety import safe_cell
from matchmaker.tables.writing import write_bytes, write_csv, write_rejected, write_text

__all__ = [
    "read_achievements",
    "read_apart",
    "read_changes",
    "read_decisions",
    "read_judgments",
    "read_marks",
    "read_needs",
    "read_pairs",
    "read_requests",
    "read_planned",
    "read_shortlists",
    "read_timetable",
    "safe_cell",
    "settle_decisions",
    "write_bytes",
    "write_csv",
    "write_rejected",
    "write_text",
]
