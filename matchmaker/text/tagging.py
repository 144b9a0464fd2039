"""Bring attributes as people write them into a form in which two sides can be compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from matchmaker.columns import UNKNOWN, Tags, count_days
from matchmaker.records import Profile
from matchmaker.text.cleaning import clean
from matchmaker.understanding import Element, Industry

# The seven key fields that Dalian's mechanism names, with the other names registers use for them.
FIELD_NAMES = {
    "洁净能源": ("洁净能源", "清洁能源", "新能源", "节能环保", "能源"),
    "电子信息": ("电子信息", "新一代信息技术", "信息技术", "人工智能", "集成电路", "软件"),
    "精细化工": ("精细化工", "化工", "石化", "化学"),
    "海洋经济": ("海洋经济", "海洋", "船舶", "海工", "水产"),
    "航空航天": ("航空航天", "航空", "航天", "低空经济", "卫星"),
    "高端装备": ("高端装备", "装备制造", "智能制造", "机械", "先进制造"),
    "现代农业": ("现代农业", "农业", "种业", "食品", "农产品"),
}

# Words for a stage and the technology readiness level they stand for (GB/T 22900-2022 has nine levels). The latest
# stage named counts: "中试完成, 正在产业化" has reached the second.
STAGES = (
    (9, ("已量产", "量产", "规模化应用", "批量生产", "成熟应用", "成熟产品", "成熟技术", "推广应用")),
    (8, ("产业化", "工业化", "可量产", "商业化", "示范应用", "工程化")),
    (6, ("中试", "中间试验", "样机", "工程样机", "试制")),
    (4, ("小试", "实验室样品", "实验样品")),
    (3, ("概念验证", "实验室", "原理样机", "原理验证")),
    (1, ("基础研究", "理论研究", "构想")),
)
# The longest word at a place counts: 可量产 is not yet 量产, and 原理样机 is no 样机.
_STAGE_OF = {word: stage for stage, words in STAGES for word in words}
_STAGE = re.compile("|".join(sorted(_STAGE_OF, key=lambda word: (-len(word), word))))
_LEVEL = re.compile(r"trl\s*[-:]?\s*([1-9])|(?<!\d)([1-9])\s*级|成熟度\s*[-:]?\s*([1-9])", re.IGNORECASE)
_MENTIONED_LEVEL = re.compile(r"trl\s*[-:]?\s*([1-9])", re.IGNORECASE)
_MENTIONED_STAGE = re.compile("(?:完成|通过|处于|进入|达到)了?[^,，。;；]{0,6}?(中试|小试|实验室|产业化|量产)")
_INDIFFERENT = re.compile("不限|均可|无要求|不要求|面议|待定")
_ANYWHERE = re.compile("不限|均可|无要求|不要求|全国|国内|各地")

# Ways to work together, by the words registers use.
MODES = {
    "转让": re.compile("转让|买断|出售"),
    "许可": re.compile("许可|授权"),
    "入股": re.compile("入股|股权|作价投资|合资"),
    "开发": re.compile("合作开发|委托开发|联合(?:开发|攻关|研发)|合作研发|产学研|揭榜"),
    "服务": re.compile("技术服务|技术咨询|咨询|检测服务"),
}

_PLACE = re.compile(
    "(?P<province>[^省市区县]{2,7}?(?:省|自治区))?"
    "(?P<city>[^省市区县]{2,12}?(?:市|自治州|盟|地区))?"
    "(?P<district>[^省]{1,14}?(?:新区|经济区|开发区|经开区|高新区|区|县|市|旗))?"
)
_SUFFIX = re.compile(
    "(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|自治旗|地区|经济技术开发区|经济区|开发区|经开区|(?<!高)新区|省|市|区|县|旗|盟)$"
)


def tag(profile: Profile) -> Tags:
    """Return the attributes of a profile in comparable form.

    Examples
    --------
    >>> tag(Profile(id="1", kind="need", title="防腐涂层", maturity="中试以上", region="大连市甘井子区")).maturity
    6
    """
    text = f"{profile.title} {profile.description}"
    return Tags(
        field=tag_field(profile.field),
        region=tag_region(profile.region),
        organisation=profile.organisation.strip(),
        maturity=tag_maturity(profile.maturity) if profile.maturity.strip() else _mentioned_maturity(profile, text),
        modes=tag_modes(profile.mode),
        deadline=count_days(profile.date),
    )


def add_understood(
    tags: Tags, elements: Sequence[Element], field: Industry, division: Industry, focus: float = 1.0
) -> Tags:
    """Return a profile's attributes with what its text says beyond what is stated.

    Parameters
    ----------
    tags : Tags
        What is stated (`tag`).
    elements : sequence of Element
        What the text says.
    field, division : Industry
        What it seems to be about; a field that is stated wins.
    focus : float
        How far it lies from the middle of all industries.

    Examples
    --------
    >>> guess = Industry("field", "精细化工", "精细化工", 0.8)
    >>> add_understood(Tags(field="洁净能源"), (), guess, Industry("division")).likely_field
    '洁净能源'
    >>> add_understood(Tags(), (), guess, Industry("division")).field_confidence
    0.8
    """
    likely, confidence = (tags.field, 1.0) if tags.field else (field.code, field.confidence if field.code else 0.0)

    def names(*kinds: str) -> frozenset[str]:
        return frozenset(element.name for element in elements if element.kind in kinds)

    return replace(
        tags,
        likely_field=likely,
        field_confidence=confidence,
        industry=division if division.code else None,
        quantities=tuple(element.quantity for element in elements if element.quantity is not None),
        codes=names("standard", "grade"),
        subjects=names("material", "product", "application"),
        methods=names("method"),
        focus=round(focus, 4),
    )


@lru_cache(maxsize=4096)
def tag_field(written: str) -> str:
    """Return a field's common name; a field outside the seven stays as written.

    Examples
    --------
    >>> tag_field("新能源与节能"), tag_field("生物医药"), tag_field("不限")
    ('洁净能源', '生物医药', '')
    """
    written = _plain(written)
    if _INDIFFERENT.search(written):
        return ""
    for name, aliases in FIELD_NAMES.items():
        if any(alias in written for alias in aliases):
            return name
    return written


@lru_cache(maxsize=4096)
def tag_maturity(written: str) -> int:
    """Return the readiness level 1–9 that words stand for, or ``UNKNOWN``.

    Examples
    --------
    >>> tag_maturity("TRL 6"), tag_maturity("小试以上"), tag_maturity("不限")
    (6, 4, -1)
    """
    written = _plain(written)
    if _INDIFFERENT.search(written):
        return UNKNOWN
    level = _LEVEL.search(written)
    if level:
        return int(next(filter(None, level.groups())))
    return max((_STAGE_OF[word] for word in _STAGE.findall(written)), default=UNKNOWN)


def _mentioned_maturity(profile: Profile, text: str) -> int:
    # Only an achievement's own text says how far it has come; in a need's text "量产" is where the factory stands.
    if profile.kind != "achievement":
        return UNKNOWN
    level = _MENTIONED_LEVEL.search(text)
    if level:
        return int(level.group(1))
    stage = _MENTIONED_STAGE.search(text)
    return tag_maturity(stage.group(1)) if stage else UNKNOWN


@lru_cache(maxsize=4096)
def tag_modes(written: str) -> frozenset[str]:
    """Return the ways to work together that words name.

    Examples
    --------
    >>> sorted(tag_modes("技术转让、作价入股"))
    ['入股', '转让']
    """
    written = _plain(written)
    return frozenset(name for name, words in MODES.items() if words.search(written))


@lru_cache(maxsize=4096)
def tag_region(written: str) -> tuple[str, ...]:
    """Return the places named, from large to small, without suffixes.

    Examples
    --------
    >>> tag_region("辽宁省大连市甘井子区"), tag_region("辽宁 大连"), tag_region("全国")
    (('辽宁', '大连', '甘井子'), ('辽宁', '大连'), ())
    """
    if _ANYWHERE.search(_plain(written)):
        return ()
    parts: list[str] = []
    # Cleaning joins what blanks part, so the pieces come first.
    for piece in map(_plain, re.split(r"[\s,，、;；/／·-]+", written)):
        match = _PLACE.match(piece)
        parts += [part for part in (match.groups() if match else ()) if part] or [piece]
    return tuple(dict.fromkeys(_SUFFIX.sub("", part) or part for part in parts if part))


@lru_cache(maxsize=4096)
def _plain(written: str) -> str:
    """Return an attribute in NFKC form and simplified characters, without blanks around it."""
    return clean(written).text
