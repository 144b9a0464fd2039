"""Say in words why a pair was matched, for the person at the desk."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.languages import Lang
from matchmaker.records import Profile

MOST_PHRASES = 3
MOST_TARGETS = 2

WORDING: dict[str, dict[str, str]] = {
    "zh": {
        "shared": "双方均涉及{phrases}",
        "quote": "“{}”",
        "comma": "、",
        "similar": "用词不同，但内容相近（语义相似度 {value:.2f}）",
        "far": "共同之处很少，请人工判断",
        "same_field": "领域一致（{field}）",
        "other_field": "领域不同（需求 {need}，成果 {supply}）",
        "ready": "成熟度 {supply}，需求要求 {need}",
        "unready": "成熟度 {supply}，低于需求要求的 {need}",
        "same_region": "同在{region}",
        "same_mode": "合作方式相合（{modes}）",
        "other_mode": "合作方式不同（需求 {need}，成果 {supply}）",
        "likely_field": "领域：均属{field}（推断）",
        "industry": "行业：均属 {industry}（推断）",
        "target": "指标：需求 {need}，成果 {supply}，{verdict}",
        "met": "满足",
        "missed": "未达到",
        "open": "待核实",
        "codes": "均提到 {codes}",
    },
    "en": {
        "shared": "both concern {phrases}",
        "quote": "“{}”",
        "comma": ", ",
        "similar": "other words, similar content (similarity {value:.2f})",
        "far": "little in common, please judge by eye",
        "same_field": "same field ({field})",
        "other_field": "other field (need {need}, achievement {supply})",
        "ready": "maturity {supply}, need asks for {need}",
        "unready": "maturity {supply}, below what the need asks for ({need})",
        "same_region": "both in {region}",
        "same_mode": "ways to work together agree ({modes})",
        "other_mode": "ways to work together differ (need {need}, achievement {supply})",
        "likely_field": "field: both {field} (inferred)",
        "industry": "industry: both {industry} (inferred)",
        "target": "figure: need {need}, achievement {supply}, {verdict}",
        "met": "met",
        "missed": "missed",
        "open": "to be checked",
        "codes": "both name {codes}",
    },
}
SIMILAR = 0.35


def give_reasons(
    need: Profile,
    supply: Profile,
    tags: tuple[Tags, Tags],
    phrases: Sequence[str],
    similarity: float,
    lang: Lang = "zh",
    *,
    targets: Sequence[tuple[str, str, str]] = (),
    codes: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the reasons for a match, what the texts share first, then how the attributes compare.

    Parameters
    ----------
    need, supply : Profile
        Both sides as written.
    tags : tuple of Tags
        The need's and the achievement's attributes.
    phrases : sequence of str
        What both texts say, weightiest first.
    similarity : float
        Cosine of the two texts, for pairs that share no words.
    lang : {"zh", "en"}
    targets : sequence of tuple of str
        Quantities that both name: as the need writes it, as the achievement does, and ``met``, ``missed`` or ``open``.
    codes : sequence of str
        Standards and grades that both name.

    Examples
    --------
    >>> need = Profile(id="N", kind="need", title="", maturity="小试以上")
    >>> supply = Profile(id="A", kind="achievement", title="", maturity="中试")
    >>> tags = Tags(field="精细化工", maturity=4), Tags(field="精细化工", maturity=6)
    >>> print("; ".join(give_reasons(need, supply, tags, ["锂离子电池电解液"], 0.7)))
    双方均涉及“锂离子电池电解液”; 领域一致（精细化工）; 成熟度 中试，需求要求 小试以上
    """
    say = WORDING[lang]
    wanted, offered = tags
    reasons = []
    if phrases:
        quoted = say["comma"].join(say["quote"].format(phrase) for phrase in phrases[:MOST_PHRASES])
        reasons.append(say["shared"].format(phrases=quoted))
    elif similarity >= SIMILAR:
        reasons.append(say["similar"].format(value=similarity))
    else:
        reasons.append(say["far"])
    # PA66 says nothing beside PA66-GF30, nor a code that was quoted already.
    said = [phrase.lower() for phrase in phrases[:MOST_PHRASES]]
    codes = [
        code
        for code in codes
        if not any(code.lower() in phrase for phrase in said)
        and not any(code != other and code in other for other in codes)
    ]
    if codes:
        reasons.append(say["codes"].format(codes=say["comma"].join(codes[:MOST_PHRASES])))
    # What is missed must not hide behind what is met.
    missed = [target for target in targets[MOST_TARGETS:] if target[2] == "missed"]
    for asked, given, verdict in (*targets[:MOST_TARGETS], *missed[:1]):
        reasons.append(say["target"].format(need=asked, supply=given, verdict=say[verdict]))
    if wanted.field and offered.field:
        key = "same_field" if wanted.field == offered.field else "other_field"
        reasons.append(say[key].format(field=wanted.field, need=wanted.field, supply=offered.field))
    elif wanted.likely_field and wanted.likely_field == offered.likely_field:
        reasons.append(say["likely_field"].format(field=wanted.likely_field))
    if wanted.industry is not None and offered.industry is not None and wanted.industry.code == offered.industry.code:
        reasons.append(say["industry"].format(industry=wanted.industry))
    if UNKNOWN not in (wanted.maturity, offered.maturity):
        key = "ready" if offered.maturity >= wanted.maturity else "unready"
        stage = supply.maturity or f"TRL {offered.maturity}"
        reasons.append(say[key].format(supply=stage, need=need.maturity or f"TRL {wanted.maturity}"))
    shared = [place for place in offered.region if place in wanted.region]
    if shared:
        reasons.append(say["same_region"].format(region=shared[-1]))
    if wanted.modes and offered.modes:
        common = wanted.modes & offered.modes
        if common:
            reasons.append(say["same_mode"].format(modes=say["comma"].join(sorted(common))))
        else:
            reasons.append(say["other_mode"].format(supply=supply.mode, need=need.mode))
    return tuple(reasons)
