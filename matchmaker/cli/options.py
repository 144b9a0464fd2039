"""Values of options: from what was typed to what the engine takes, or an error that lists what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.cli.wording import MESSAGES
from matchmaker.columns import count_days
from matchmaker.errors import SettingError

if TYPE_CHECKING:
    from matchmaker.rank.filters import Filter
    from matchmaker.records import Profile

_TODAY = ("", "today", "今天", "今日")
_NEVER = ("none", "never", "无", "不限")
_MOST_LISTED = 30


def read_whole(option: str, typed: str, *, lang: str, least: int | None = None) -> int:
    """Return a whole number.

    Examples
    --------
    >>> read_whole("--k", "0", lang="en", least=1)
    Traceback (most recent call last):
    ...
    matchmaker.errors.SettingError: --k is "0"; give a whole number from 1 on
    """
    try:
        value = int(typed)
    except ValueError:
        value = None
    if value is None or (least is not None and value < least):
        key = "bad_whole" if least is None else "bad_count"
        raise SettingError(MESSAGES[lang][key].format(option=option, found=typed, least=least))
    return value


def read_share(option: str, typed: str, *, lang: str) -> float:
    """Return a share from 0 up to, but less than, 1.

    Examples
    --------
    >>> read_share("--gap-error", "10%", lang="en"), read_share("--gap-error", "0.05", lang="en")
    (0.1, 0.05)
    """
    number, percent, _ = typed.strip().partition("%")
    try:
        value = float(number) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise SettingError(MESSAGES[lang]["bad_share"].format(option=option, found=typed))
    return value


def read_as_of(typed: str, *, lang: str) -> date | None:
    """Return the day by which deadlines are judged; None to ignore deadlines.

    Examples
    --------
    >>> read_as_of("2026年3月5日", lang="zh"), read_as_of("none", lang="zh")
    (datetime.date(2026, 3, 5), None)
    """
    from matchmaker.tables.cells import read_date

    word = typed.strip().lower()
    if word in _TODAY:
        return date.today()
    if word in _NEVER:
        return None
    day, doubt = read_date(typed.strip(), last=False)
    if day is None or doubt:
        raise SettingError(MESSAGES[lang]["bad_date"].format(found=typed))
    return day


def read_maturity(typed: str, *, lang: str) -> int:
    """Return a readiness level from a number or a word for a stage.

    Examples
    --------
    >>> read_maturity("中试", lang="zh"), read_maturity("TRL 4", lang="zh"), read_maturity("7", lang="zh")
    (6, 4, 7)
    """
    from matchmaker.columns import UNKNOWN
    from matchmaker.text.tagging import STAGES, tag_maturity

    word = typed.strip()
    level = int(word) if word in set("123456789") else tag_maturity(word)
    if level == UNKNOWN:
        words = "、".join(names[0] for _, names in reversed(STAGES))
        raise SettingError(MESSAGES[lang]["bad_maturity"].format(found=typed, allowed=words))
    return level


def read_division(typed: str, *, lang: str) -> str:
    """Return the two digits of a division of GB/T 4754-2017.

    Examples
    --------
    >>> read_division("C26", lang="zh"), read_division("04", lang="zh")
    ('26', '04')
    """
    from matchmaker.text.industry import INDUSTRY, read_schemes

    found = re.fullmatch(r"[A-T]?(\d\d)", typed.strip().upper())
    known = read_schemes(INDUSTRY.read_text(encoding="utf-8"))["division"].codes
    if found is None or found[1] not in known:
        raise SettingError(MESSAGES[lang]["bad_division"].format(found=typed))
    return found[1]


def read_terms(terms: Iterable[str], path: Path | None, *, lang: str) -> tuple[str, ...]:
    """Return terms from options and from a file with one a line, where blank lines and lines after # do not count."""
    found = [term.strip() for term in terms]
    if path is not None:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SettingError(MESSAGES[lang]["unreadable"].format(path=path, detail=error.strerror)) from error
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("gb18030")
            except UnicodeDecodeError as error:
                raise SettingError(MESSAGES[lang]["bad_encoding"].format(path=path)) from error
        found += [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    return tuple(dict.fromkeys(term for term in found if term))


def choose_cache(path: Path | None, disabled: bool, *, lang: str) -> tuple[Path | None, bool]:
    """Return where vectors are kept between runs, None for nowhere, and whether the usual place was refused.

    Raises
    ------
    SettingError
        If both a file and no cache at all are asked for.
    """
    if disabled:
        if path is not None:
            raise SettingError(MESSAGES[lang]["cache_twice"])
        return None, False
    if path is not None:
        return path, False
    import platformdirs

    folder = platformdirs.user_cache_path("matchmaker", appauthor=False)
    usual = folder / "vectors.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with usual.open("ab"):
            pass
    except OSError:
        return None, True
    return usual, False


def build_filter(
    achievements: Iterable[Profile],
    *,
    fields: Sequence[str],
    regions: Sequence[str],
    institutions: Sequence[str],
    min_maturity: str,
    same_field: bool,
    same_region: bool,
    meet_maturity: bool,
    infer_fields: bool = False,
    industries: Sequence[str] = (),
    as_of: date | None,
    lang: str,
) -> Filter:
    """Return the filter that options ask for; a name unknown to the register is an error that lists the known ones.

    Parameters
    ----------
    achievements : iterable of Profile
        The register; gone through only for rules that name something in it, once for each of these.
    fields, regions, institutions : sequence of str
        As typed: 新能源 means 洁净能源, 大连市甘井子区 means 甘井子.
    min_maturity : str
        A level, a word for a stage, or empty.
    same_field, same_region, meet_maturity, infer_fields : bool
        See `Filter`.
    industries : sequence of str
        Codes of divisions, with or without the letter of their section: C26, 26.
    as_of : datetime.date or None
        Needs that have expired by then get no matches.
    lang : {"zh", "en"}
        Language of errors.
    """
    from matchmaker.rank.filters import Filter
    from matchmaker.text.tagging import tag_field, tag_region

    return Filter(
        fields=_choose("--field", fields, tag_field, (tag_field(row.field) for row in achievements), lang),
        regions=_choose(
            "--region", regions, _smallest, (place for row in achievements for place in tag_region(row.region)), lang
        ),
        institutions=_choose(
            "--institution", institutions, str.strip, (row.organisation.strip() for row in achievements), lang
        ),
        min_maturity=read_maturity(min_maturity, lang=lang) if min_maturity else 0,
        same_field=same_field,
        same_region=same_region,
        meet_maturity=meet_maturity,
        infer_fields=infer_fields,
        industries=tuple(read_division(code, lang=lang) for code in industries),
        as_of=count_days(as_of),
    )


def _smallest(place: str) -> str:
    from matchmaker.text.tagging import tag_region

    return (tag_region(place) or ("",))[-1]


def _choose(
    option: str, typed: Sequence[str], name: Callable[[str], str], names: Iterable[str], lang: str
) -> tuple[str, ...]:
    known = set(names) if typed else set()
    chosen = []
    for word in typed:
        value = name(word)
        if not value or value not in known:
            listed = sorted(known - {""})
            shown = "、".join(listed[:_MOST_LISTED]) + (" …" if len(listed) > _MOST_LISTED else "")
            raise SettingError(MESSAGES[lang]["unknown_choice"].format(option=option, found=word, allowed=shown))
        chosen.append(value)
    return tuple(dict.fromkeys(chosen))
