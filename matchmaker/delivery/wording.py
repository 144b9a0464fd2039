"""What the delivered files say to people, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.languages import choose_words

# Why a folder could not be written.
FOLDERS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "unwritable": "无法建立或写入文件夹 {path}（{detail}）：请换一个",
        "filled": "{path} 里已有人填写（{count} 行），不会被替换：请换一个文件夹，或先移走该文件",
        "held": "无法替换 {path}（{detail}）：请先关闭正在打开它的程序，或换一个文件夹",
    },
    "en": {
        "unwritable": "folder {path} cannot be made or written to ({detail}): choose another one",
        "filled": "somebody has filled in {path} ({count} rows), so it is not replaced: choose another folder, or move "
        "the file away",
        "held": "{path} cannot be replaced ({detail}): close it where it is open, or choose another folder",
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "成果需求对接清单",
        "achievements": "成果登记表",
        "needs": "需求登记表",
        "k": "每项需求最多列出",
        "as_of": "截止日期以此日为准",
        "none": "不考虑截止日期",
        "yes": "是",
        "expired": "需求 {id} 的截止日期 {deadline} 早于 {as_of}，未出清单；如仍有效，请更新截止日期",
        "fields": "限定领域",
        "regions": "限定地区",
        "institutions": "限定单位",
        "min_maturity": "最低成熟度 (TRL)",
        "same_field": "只看同领域",
        "same_region": "只看同地区",
        "meet_maturity": "只看达到需求所要成熟度的成果",
        "industries": "限定行业 (推断)",
        "infer_fields": "未填领域的按推断",
        "min_confidence": "推断的最低把握",
        "encoder": "编码模型",
        "dictionary_sha256": "词典校验值",
        "reranker_sha256": "排序模型校验值",
        "calibration_sha256": "概率曲线校验值",
        "reranker": "排序模型",
        "candidates": "每项需求的候选数",
        "threshold": "适配的概率门槛",
        "lang": "语言",
        "seed": "随机种子",
    },
    "en": {
        "title": "Docking shortlists",
        "achievements": "Register of achievements",
        "needs": "Register of needs",
        "k": "Matches listed per need, at most",
        "as_of": "Deadlines judged as of",
        "none": "deadlines ignored",
        "yes": "yes",
        "expired": "need {id} has a deadline ({deadline}) before {as_of} and got no shortlist; "
        "give it a new deadline if it still stands",
        "fields": "Only these fields",
        "regions": "Only these regions",
        "institutions": "Only these institutions",
        "min_maturity": "Least maturity (TRL)",
        "same_field": "Same field only",
        "same_region": "Same region only",
        "meet_maturity": "Only achievements as mature as the need asks for",
        "industries": "Only these industries, inferred",
        "infer_fields": "Fields inferred where none is stated",
        "min_confidence": "Least confidence of what is inferred",
        "encoder": "Encoder",
        "dictionary_sha256": "Dictionary SHA-256",
        "reranker_sha256": "Reranker SHA-256",
        "calibration_sha256": "Calibration SHA-256",
        "reranker": "Reranker",
        "candidates": "Candidates per need",
        "threshold": "Probability from which a match is suitable",
        "lang": "Language",
        "seed": "Random seed",
    },
}

FEATURES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "dense": "语义相似",
            "dense_title": "名称语义相似",
            "dense_text": "全文语义相似",
            "bm25": "用词相同",
            "bm25_title": "名称用词相同",
            "grams": "字面相近",
            "grams_title": "名称字面相近",
            "rare_terms": "共有的少见术语",
            "focus": "内容具体",
            "field": "领域",
            "maturity": "成熟度",
            "region": "地区",
            "mode": "合作方式",
            "precedents": "往次研判",
            "likely_field": "领域 (含推断)",
            "industry": "行业 (推断)",
            "targets": "技术指标",
            "codes": "标准与牌号",
            "subjects": "材料、产品与用途",
        },
        "en": {
            "dense": "Similar meaning",
            "dense_title": "Similar meaning of the titles",
            "dense_text": "Similar meaning of the texts",
            "bm25": "Same words",
            "bm25_title": "Same words in the titles",
            "grams": "Similar characters",
            "grams_title": "Similar characters in the titles",
            "rare_terms": "Rare terms in common",
            "focus": "Specific, not general",
            "field": "Field",
            "maturity": "Maturity",
            "region": "Region",
            "mode": "Way to work together",
            "precedents": "Earlier judgments",
            "likely_field": "Field, inferred where not stated",
            "industry": "Industry, inferred",
            "targets": "Technical figures",
            "codes": "Standards and grades",
            "subjects": "Materials, products and uses",
        },
    }
)


def words_for(lang: str) -> Mapping[str, str]:
    """Return the words of a language.

    Raises
    ------
    SettingError
        If the language is unknown.
    """
    return choose_words(_WORDS, lang)
