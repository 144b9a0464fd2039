"""How complete a need is: what its text says, what is missing, which words are vague, and what to ask about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from matchmaker.columns import UNKNOWN
from matchmaker.records import Profile
from matchmaker.text.elements import clean_part, read_elements
from matchmaker.text.phrases import phrase_before
from matchmaker.text.quantities import find_measures
from matchmaker.text.questions import EFFECTS, MISSING, SCENES, VAGUE
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.tagging import tag_field, tag_maturity, tag_modes
from matchmaker.text.vocabulary import EFFECT_VERBS
from matchmaker.understanding import Element, NeedCheck

# What each aspect is worth; together 100. A searcher can do without a budget, but not without figures.
WEIGHTS: Mapping[str, int] = {
    "targets": 20,
    "symptom": 14,
    "scene": 12,
    "object": 10,
    "scale": 8,
    "budget": 8,
    "deadline": 8,
    "maturity": 6,
    "mode": 6,
    "limits": 4,
    "acceptance": 4,
}
MOST_QUESTIONS = 10
# A word this specific names a thing.
_TECHNICAL = 0.7

_OPEN = re.compile(r"面议|待定|协商|另议|看情况|看(?:效果|方案|回收期)|^[/\-无]*$")
_CUES: Mapping[str, re.Pattern[str]] = {
    "symptom": re.compile(
        r"目前|现有|现状|现在|现用|原来|以前|痛点|难题|问题|困难|瓶颈|故障|投诉|损失|报废|失效|返修|返工|不良率|下降|衰减|变差|开裂|裂纹|"
        r"磨损|腐蚀|泄漏|堵塞|结垢|停机|死亡|烂|掉|坏|不达标|超标|超限|不稳定|波动大|太[高低大小慢快差多少重长短贵]|偏[高低大小]|"
        r"老是|老[出坏误拖]|经常|总是|频繁|成本高|无法|不能满足|难以|严重|短缺|缺人|招不到|依赖进口|靠(?:人工|老师傅|经验)|越来越|"
        r"白白|浪费|顶不住|不划算|头[疼痛]|麻烦|堆不|[热冻]死|死[苗棵亡]|就死|赔了|全靠|费[电水气工]|达不到|不达|不好[用使]|不顶用"
    ),
    "scene": re.compile(
        r"用于|应用于|适用于|工况|现场|车间|生产线|产线|环境|介质|条件下|温度|水温|湿度|盐度|海况|海区|海域|池塘|大棚|棚|电站|矿山|井下|"
        r"船上|舱|机床|炉|窑|管道|室外|户外|冬季|冬天|夏季|夏天|高原|基站|机房|厂房|产地|养殖场|冷库|港口|码头"
    ),
    "scale": re.compile(
        r"(?:年产|月产|日产|产能|产量|处理量|处理能力|规模|年处理|年加工|年交付|年需|批量|首批|存栏|面积|装机)[^。;,，]{0,12}?\d"
        r"|[每一](?:天|年|月|日|个月|小时|冬天)[^。;,，]{0,10}?[\d一二两三四五六七八九十百千万]"
        r"|[\d百千万](?:余|多)?\s?(?:台|套|亩|吨|t(?![a-z])|件|座|条|辆|头|羽|栋|公顷|方|艘|张|立方米|m3/h|t/h|t/d|t/a)(?!元)"
    ),
    "limits": re.compile(
        r"不能|不得|不许|不允许|不接受|不想|不改|不停|不影响|不超过|空间|占地|尺寸|体积|重量|防爆|必须|限制|兼容|别|不再|不依赖|只能|"
        r"不动|不出厂|不上云|保密|国产"
    ),
    "deadline": re.compile(
        r"20\d\d\s?年|(?:\d|[一二两三四五六七八九十]|半)+(?:个月|年|周|天)(?:内|之内|以内)|年底|年内|今年|明年|月底|之前完成"
    ),
    "mode": re.compile(r"合作|转让|许可|委托|联合|入股|购买|采购|引进|服务"),
    "maturity": re.compile(r"成熟|小试|中试|量产|产业化|样机|现成|实验室|TRL|工业应用|先例|业绩", re.IGNORECASE),
    "acceptance": re.compile(r"验收|知识产权|专利|归属|检测报告|第三方|认证|交付|质保|鉴定|试用|免费试"),
    "budget": re.compile(r"预算|\d\s?万元?(?:以内|以下|左右)|投资(?:不超过|控制)|经费"),
}

# Words that promise without a figure, by the kind of figure that is missing.
_VAGUE: Mapping[str, str] = {
    "cost": "低成本|成本低|降本增效|降低成本|价格低|便宜|性价比高|高性价比|经济性好|经济可行",
    "performance": "高性能|性能优异|性能优良|性能好|优异的?性能|高品质|高质量|高效率?(?!液相|能)|效果好|效果明显",
    "speed": "快速|高速(?!公路|永磁|离心|钢|铁路|主轴|电机)|短流程|及时|尽快",
    "precision": "高精度|高准确|精准|精确|高分辨",
    "life": "长寿命|寿命长|耐用|长期使用|经久",
    "strength": "高强度|高韧性|高硬度|耐腐蚀|耐高温|耐磨|耐候|抗老化|强度高|耐低温",
    "green": "绿色环保|环保型|更环保|无污染|低污染|清洁生产|达标排放",
    "energy": "节能降耗|节能|低能耗|低功耗|省电",
    "smart": "智能化|自动化程度高?|自动化水平|数字化水平|智慧化",
    "stable": "高稳定|稳定可靠|稳定性好|高可靠|可靠性高|稳定性高",
    "level": "国际先进|国内先进|国内领先|国际领先|行业领先|世界一流|国外同类",
    "degree": "大幅|显著|尽可能|适当|一定程度|较高|较低|较好|进一步提[高升]",
}
_VAGUE_WORD = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _VAGUE.items()))
# A figure this close behind says what the word leaves open: 高精度(±0.05 mm).
_SOON = 14
_SYMPTOM = re.compile(r"(?:太[高低大小慢快差多少重长短贵]|[偏过][高低大小慢长短重]|不够[高快大长])")


def check_need(
    need: Profile, segmenter: Segmenter, *, field: str = "", elements: Sequence[Element] | None = None, lang: str = "zh"
) -> NeedCheck:
    """Check one need.

    Parameters
    ----------
    need : Profile
    segmenter : Segmenter
        Knows the words.
    field : str
        Its field where the need states none; decides how the question about its use is put.
    elements : sequence of Element, optional
        Its elements, when they are known already.
    lang : {"zh", "en"}
        Language of the questions.

    Examples
    --------
    >>> need = Profile(id="N-1", kind="need", title="环氧树脂生产提高收率", money="面议")
    >>> check = check_need(need, Segmenter())
    >>> check.completeness, check.present, check.questions[0]
    (10, ('object',), '“提高收率”：目前收率是多少，希望提高到多少，怎么测？')
    """
    found = read_elements(need, segmenter) if elements is None else tuple(elements)
    text = "。".join(filter(None, (clean_part(need.title), clean_part(need.description))))
    present = tuple(name for name in WEIGHTS if _is_present(name, need, found, text, segmenter))
    missing = tuple(name for name in WEIGHTS if name not in present)
    vague = list(_find_vague(text))
    questions = [
        *_ask_effects(found, EFFECTS[lang]),
        *_ask_symptoms(text, segmenter, EFFECTS[lang]["symptom"]),
        *(VAGUE[lang][kind].format(word=word) for kind, word in vague),
        *_ask_missing(missing, need, tag_field(need.field) or field, lang),
    ]
    return NeedCheck(
        need_id=need.id,
        completeness=sum(WEIGHTS[name] for name in present),
        present=present,
        missing=missing,
        vague=tuple(word for _, word in vague),
        questions=tuple(dict.fromkeys(questions))[:MOST_QUESTIONS],
    )


def _names_thing(elements: Sequence[Element], text: str, segmenter: Segmenter) -> bool:
    """Tell whether a need says what it is about: 蓝莓 does, 设备 does not."""
    if any(element.kind in ("product", "material", "grade") for element in elements):
        return True
    nouns = (token.word for token in segmenter.tag(text) if token.tag[:1] == "n" and len(token.word) > 1)
    return any(segmenter.specificity(word) >= _TECHNICAL for word in nouns)


def _is_present(name: str, need: Profile, elements: Sequence[Element], text: str, segmenter: Segmenter) -> bool:
    if name == "targets":
        return any(measure.bound for measure in find_measures(text))
    if name == "object":
        return _names_thing(elements, text, segmenter)
    if name == "scene" and any(element.kind == "application" for element in elements):
        return True
    if name == "acceptance" and any(element.kind == "standard" for element in elements):
        return True
    if name == "budget" and need.money.strip():
        return not _OPEN.search(need.money.strip())
    if name == "deadline" and need.date is not None:
        return True
    # "不限" is an answer too: the enterprise was asked.
    if name == "mode" and (tag_modes(need.mode) or "不限" in need.mode):
        return True
    if name == "maturity" and (tag_maturity(need.maturity) != UNKNOWN or "不限" in need.maturity):
        return True
    return bool(_CUES[name].search(text))


def _find_vague(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the word of every vague promise, one of each kind, that no figure follows."""
    figures = [measure.start for measure in find_measures(text)]
    seen: set[str] = set()
    for found in _VAGUE_WORD.finditer(text):
        kind = found.lastgroup or ""
        if kind not in seen and not any(0 <= start - found.end() <= _SOON for start in figures):
            seen.add(kind)
            yield kind, found[0]


def _ask_effects(elements: Sequence[Element], words: Mapping[str, str]) -> Iterator[str]:
    """Ask for the value of every effect that is mentioned without one."""
    named = {element.name for element in elements if element.kind == "target"}
    for element in elements:
        if element.kind == "effect" and not any(element.name in name or name in element.name for name in named):
            verb = next(verb for verb in EFFECT_VERBS if element.text.lower().startswith(verb))
            yield words[EFFECT_VERBS[verb]].format(text=element.text, name=element.name)


def _ask_symptoms(text: str, segmenter: Segmenter, words: str) -> Iterator[str]:
    """Ask for the figure behind 能耗太高, 误报率偏高."""
    tokens = segmenter.tag(text)
    for found in _SYMPTOM.finditer(text):
        phrase = phrase_before(tokens, found.start(), most=10)
        if phrase is not None and phrase.end - phrase.start >= 2 and tokens[phrase.last - 1].tag[:1] == "n":
            name = text[phrase.start : phrase.end]
            yield words.format(text=name + found[0], name=name)


def _ask_missing(missing: Sequence[str], need: Profile, field: str, lang: str) -> Iterator[str]:
    for name in missing:
        if name == "budget" and need.money.strip():
            yield MISSING[lang]["budget_open"].format(written=need.money.strip())
        elif name == "scene":
            yield SCENES[lang].get(field, MISSING[lang]["scene"])
        else:
            yield MISSING[lang][name]
