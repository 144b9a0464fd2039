"""Who stands behind a profile: team and leader, from columns outside the contract, and names folded to be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from matchmaker.records import Profile

# Headers outside the contract of achievements that name the team, or whoever leads it.
_TEAM = frozenset("team teamname 团队 团队名称 成果团队 项目团队 研发团队 科研团队 课题组 团队单位".split())
_LEADER = (
    "负责人 项目负责人 成果负责人 课题负责人 团队负责人 技术负责人 第一完成人 完成人 主要完成人 联系人 项目联系人"
    " leader teamleader contact contactperson principal"
).split()
_BRACKETED = re.compile(r"\([^()]*\)")
_NOT_WORD = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Return the form under which two spellings of a name are one: no width, case, blanks or brackets.

    Examples
    --------
    >>> fold_name("大连（衡澜）储能 有限公司") == fold_name("大连(衡澜)储能有限公司")
    True
    """
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", name).casefold())


def find_team(profile: Profile) -> str:
    """Return the team that a register names; empty where it names none.

    Examples
    --------
    >>> find_team(Profile("A-1", "achievement", "隔膜", extra={"团队名称（必填）": "储能团队"}))
    '储能团队'
    """
    return _find(profile, _TEAM)


def find_leader(profile: Profile) -> str:
    """Return who leads it, or else who answers for it; empty where nobody is named."""
    return _find(profile, _LEADER)


def _find(profile: Profile, headers: Collection[str]) -> str:
    found: dict[str, str] = {}
    for header, text in profile.extra.items():
        key = _NOT_WORD.sub("", _BRACKETED.sub("", unicodedata.normalize("NFKC", header).casefold()))
        if key in headers and text.strip():
            found.setdefault(key, text.strip())
    return next((found[key] for key in headers if key in found), "")
