import json

import numpy as np
import pytest
from matching import HashEncoder, bundled, need

from matchmaker import Matchmaker, read_achievements, read_needs
from matchmaker.columns import Tags
from matchmaker.errors import SettingError
from matchmaker.samples import sample_path
from matchmaker.text.industry import CLAIM, INDUSTRY, SCHEMES, Classifier, Prototypes, find_chances, read_schemes
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.tagging import FIELD_NAMES, add_understood, tag_field
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import Industry

SEGMENTER = Segmenter()


@pytest.fixture(scope="module")
def encoder():
    return CachedEncoder(bundled())


@pytest.fixture(scope="module")
def classifier(encoder):
    return Classifier(encoder)


@pytest.fixture(scope="module")
def sort(classifier, encoder):
    def sort(scheme, profiles):
        titles = [profile.title for profile in profiles]
        texts = ["。".join(filter(None, (profile.title, profile.description))) for profile in profiles]
        words = [SEGMENTER.search_words(text) for text in texts]
        return classifier.classify(
            scheme, [SEGMENTER.search_words(one) for one in titles], words, encoder.encode(texts)
        )

    return sort


def test_the_file_holds_short_facts_and_no_definitions():
    schemes = read_schemes(INDUSTRY.read_text(encoding="utf-8"))
    assert tuple(schemes) == SCHEMES
    assert schemes["field"].codes == tuple(FIELD_NAMES) and len(schemes["emerging"].codes) == 9
    assert len(schemes["division"].codes) > 50 and all(len(code) == 2 for code in schemes["division"].codes)
    assert INDUSTRY.stat().st_size < 150_000
    for scheme in schemes.values():
        assert all(len(text) < 120 for abouts in scheme.abouts for text in abouts)
        assert all(0 < value <= 1 for classes in scheme.words.values() for value in classes.values())


def test_stated_fields_of_the_samples_are_found_again(sort):
    achievements, needs = read_achievements(sample_path("achievements")), read_needs(sample_path("needs"))
    for register, least, share in ((achievements, 0.8, 0.5), (needs, 0.8, 0.4)):
        rows = [profile for profile in register if profile.field]
        found = sort("field", rows)
        claimed = [one.code == tag_field(row.field) for one, row in zip(found, rows, strict=True) if one.code]
        assert sum(claimed) / len(claimed) >= least and len(claimed) / len(rows) >= share


def test_a_vague_title_claims_nothing(sort):
    titles = ["希望解决设备经常坏的问题", "技术升级改造", "寻求合作", "需要专家指导", ""]
    vague = [need(str(number), title) for number, title in enumerate(titles)]
    for scheme in SCHEMES:
        for claim in sort(scheme, vague):
            assert claim.code == "" and claim.name == "" and claim.confidence < CLAIM


def test_plain_cases(sort):
    rows = [
        need("1", "锂离子电池电解液"),
        need("2", "海参育苗水质监测与池塘养殖"),
        need("3", "大棚草莓种植与病虫害防治"),
    ]
    assert [one.code for one in sort("field", rows)] == ["洁净能源", "海洋经济", "现代农业"]
    assert str(sort("division", rows[:1])[0]) == "C38 电气机械和器材制造业"
    assert [str(Industry("division", code, "x"))[0] for code in ("01", "06", "44", "47", "65", "77", "84")] == [
        *"ABDEINQ"
    ]


def test_chances_add_up_and_settings_are_read():
    chances = find_chances(np.array([[1.0, 0], [0, 0]]), np.array([[2.0, -2], [0, 0]]), (1.0, 1.0, 3.0))
    assert chances.sum(axis=1) == pytest.approx(1)
    assert chances[0, 0] == pytest.approx(chances[0, 2]) and chances[0, 0] > chances[0, 1]
    assert chances[1].argmax() == 2


def test_nearness_does_not_depend_on_the_scale_of_an_encoder():
    rng = np.random.default_rng(0)
    classes = [rng.normal(size=(count, 8)).astype(np.float32) + 5 for count in (1, 3, 2)]
    texts = rng.normal(size=(4, 8)).astype(np.float32) + 5
    one, other = Prototypes.of(classes).near(texts), Prototypes.of([3 * vectors for vectors in classes]).near(3 * texts)
    assert one == pytest.approx(other, abs=1e-3) and one.shape == (4, 3)
    assert Prototypes.of(classes).near(np.zeros((1, 8), np.float32)) == pytest.approx(0)


def test_what_any_industry_could_say_has_little_focus(classifier, encoder):
    vague = ["智能制造技术应用", "技术工业生产领域应用示范", "企业工艺装备产业化"]
    plain = ["评估肾小球滤过预测模型构建", "黄土区坡土壤团聚微结构演变", "保密通信噪声理论研究"]
    vectors = encoder.encode([*vague, *plain, ""])
    found = classifier.focus(vectors)
    assert found.dtype == np.float64 and found[:3].max() < found[3:6].min()
    assert found[6] == 1  # a text without words is near to nothing
    assert [classifier.focus(vectors[[row]])[0] for row in range(7)] == found.tolist()


def test_only_known_ways_to_sort(classifier):
    with pytest.raises(SettingError, match="choose one of field, emerging, division"):
        classifier.classify("sector", [], [], np.zeros((0, 384), np.float32))
    assert classifier.classify("field", [], [], np.zeros((0, 384), np.float32)) == []


def test_a_scheme_of_ones_own():
    only = {"code": "a", "name": "A", "abouts": ["锂电池"], "words": {"锂电池": 100}}
    content = json.dumps({"x": {"classes": [only], "settings": [9, 0, 1]}})
    own = Classifier(CachedEncoder(HashEncoder()), read_schemes(content))
    (claim,) = own.classify("x", [["锂电池"]], [["锂电池"]], np.ones((1, 16), np.float32))
    assert (claim.code, claim.name) == ("a", "A") and claim.confidence > 0.9


def test_a_stated_field_wins():
    guess, none = Industry("field", "精细化工", "精细化工", 0.7), Industry("division", confidence=0.3)
    stated = add_understood(Tags(field="生物医药"), (), guess, none)
    assert (stated.likely_field, stated.field_confidence, stated.industry) == ("生物医药", 1.0, None)
    inferred = add_understood(Tags(), (), guess, Industry("division", "26", "化学", 0.6))
    assert (inferred.field, inferred.likely_field, inferred.field_confidence) == ("", "精细化工", 0.7)
    assert inferred.industry.code == "26"
    nothing = add_understood(Tags(), (), Industry("field", confidence=0.4), none)
    assert (nothing.likely_field, nothing.field_confidence) == ("", 0.0)


def test_the_engine_understands_without_a_register():
    needs = read_needs(sample_path("needs"))[:6]
    understood = Matchmaker(encoder=bundled()).understand(needs)
    assert [one.profile_id for one in understood] == [profile.id for profile in needs]
    assert understood[0].region == ("庄河",) and understood[0].modes == ("开发", "服务") and understood[0].maturity == 6
    assert all(claim.code and claim.confidence >= CLAIM for one in understood for claim in one.industries)
