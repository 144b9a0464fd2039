"""Header rows and the contract's columns: how a header is folded before it is compared, and which column it then is.

Folding makes full width half width, traditional characters simplified and letters small, and drops stars, line breaks,
blanks, punctuation, and brackets with a unit or a remark in them: ``预算（万元）``, ``*預算`` and ``Budget`` all mean
``budget``. What matches no alias is kept as an extra column under its own header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from matchmaker.tables.contracts import Contract

# Every traditional character that the contracts' aliases can take on; a test holds the table complete against OpenCC.
_SIMPLIFIED = str.maketrans(
    "佈價億內動區單報場審對屬庫後應懸據擬數時會業構標機產發碼稱簡籤級細紹結給經編縣聯萬"
    "薦處號術記評詞詳説說證讓費資賞轉選鍵間關階難項預領題額"
    "權見備註當況狀態談續敗鎖",
    "布价亿内动区单报场审对属库后应悬据拟数时会业构标机产发码称简签级细绍结给经编县联万"
    "荐处号术记评词详说说证让费资赏转选键间关阶难项预领题额"
    "权见备注当况状态谈续败锁",
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|\{[^{}]*\}")
_NUMBERING = re.compile(r"^(?:\d+|[一二三四五六七八九十]+、)")
_NOT_WORD = re.compile(r"[\W_]+")
_TAIL = re.compile(r"(?:(?:万元|亿元|必填项?|选填项?)+)$")
_UNIT = re.compile(r"[(/\[【:]\s*(?:单位:?\s*)?(亿元|百万元|万元|千元|元|亿|万|万美元|美元)\s*[)\]】]?\s*\*?\s*$")


@lru_cache(maxsize=4096)
def fold_header(header: str) -> str:
    r"""Return the form under which a header is looked up.

    Examples
    --------
    >>> fold_header("需求\n名称*"), fold_header("預算（萬元）"), fold_header("Achievement ID")
    ('需求名称', '预算', 'achievementid')
    """
    text = unicodedata.normalize("NFKC", header).casefold().translate(_SIMPLIFIED).strip()
    bare = _BRACKETED.sub("", text)
    if not _NOT_WORD.sub("", bare):
        bare = text  # a header that is nothing but a bracket: 【成果名称】
    folded = _NOT_WORD.sub("", _NUMBERING.sub("", bare.lstrip("*#·•☆★ ")))
    return _TAIL.sub("", folded) or folded


def find_unit(header: str) -> str:
    """Return the unit of money a header states, or an empty text.

    Examples
    --------
    >>> find_unit("预算（万元）"), find_unit("预算")
    ('万元', '')
    """
    text = unicodedata.normalize("NFKC", header).replace("萬", "万").replace("億", "亿")
    found = _UNIT.search(text.strip())
    return found[1] if found else ""


@lru_cache(maxsize=16)
def _lookup(contract: Contract) -> Mapping[str, Mapping[str, int]]:
    """Map each column's name to its folded headers, each with the alias's strength, 0 being the strongest."""
    return MappingProxyType(
        {
            column.name: MappingProxyType(
                {fold_header(alias): rank for rank, alias in reversed(list(enumerate((column.name, *column.aliases))))}
            )
            for column in contract.columns
        }
    )


def match_columns(header: Sequence[str], contract: Contract) -> dict[str, int]:
    """Find which cell of a header row holds which column of the contract.

    Columns choose in the contract's order, each from the cells still free. Where several cells fit one column, the
    stronger alias wins, then a header without a remark in brackets, then the left one.

    Parameters
    ----------
    header : sequence of str
        The cells of the header row.
    contract : Contract
        The kind of table.

    Returns
    -------
    dict of str to int
        Positions in ``header`` by column name, for the columns that were found.

    Examples
    --------
    >>> from matchmaker.tables.contracts import ACHIEVEMENTS
    >>> match_columns(["序号", "成果编号", "成果名称*"], ACHIEVEMENTS)
    {'achievement_id': 1, 'title': 2}
    """
    # A paragraph above the table is no header, however it begins.
    folded = {position: fold_header(cell) for position, cell in enumerate(header) if 0 < len(cell) <= 80}
    found: dict[str, int] = {}
    for name, aliases in _lookup(contract).items():
        claims = [(aliases[key], len(header[place]), place) for place, key in folded.items() if key in aliases]
        if claims:
            found[name] = min(claims)[2]
            del folded[found[name]]
    return found
