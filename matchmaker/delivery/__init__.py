"""The output folder: shortlists as a table, a workbook and a page, rows set aside, and a manifest of how they came."""

from matchmaker.delivery.checks import CHECK_OUTPUTS, write_checks
from matchmaker.delivery.contents import Delivery, count_needs
from matchmaker.delivery.duplicates import DUPLICATE_HEADER, write_duplicates
from matchmaker.delivery.folder import OUTPUTS, write_delivery, write_scores
from matchmaker.tables.evidence import write_evidence

__all__ = [
    "CHECK_OUTPUTS",
    "DUPLICATE_HEADER",
    "OUTPUTS",
    "Delivery",
    "count_needs",
    "write_checks",
    "write_delivery",
    "write_duplicates",
    "write_evidence",
    "write_scores",
]
