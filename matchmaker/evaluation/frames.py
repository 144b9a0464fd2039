"""Records as a data frame, a row each, a column a field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance


def draw_frame(records: Iterable[DataclassInstance], kind: type[DataclassInstance]) -> pd.DataFrame:
    """Return records of one kind, in their order; without any, the columns alone.

    Examples
    --------
    >>> from matchmaker.evaluation import Estimate
    >>> list(draw_frame([], Estimate).columns)
    ['metric', 'value', 'low', 'high', 'needs', 'skipped']
    """
    import pandas as pd

    return pd.DataFrame([astuple(record) for record in records], columns=[field.name for field in fields(kind)])
