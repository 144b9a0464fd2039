import dataclasses
import io
import warnings

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching import HashEncoder, need

from matchmaker import Matchmaker, Profile, Records, read_needs
from matchmaker.delivery import CHECK_OUTPUTS, write_checks
from matchmaker.errors import SettingError
from matchmaker.report.checks import CHECK_HEADER, check_rows, words_for_checks
from matchmaker.samples import sample_path
from matchmaker.text.needcheck import MOST_QUESTIONS, WEIGHTS, check_need
from matchmaker.text.questions import EFFECTS, MISSING, SCENES, VAGUE
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.tagging import FIELD_NAMES

SEGMENTER = Segmenter()
FULL = need(
    "N-1",
    "环氧树脂生产提高收率",
    "目前年产6000吨,收率只有82%,要求收率不低于90%。车间温度80 °C,不能停产改造,第三方检测验收。",
    money="200万",
    mode="合作开发",
    maturity="中试",
)


def open_sheet(path):
    # From memory: openpyxl leaves a file given by name to be closed by chance.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")  # openpyxl knows no solid data bars
        return openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active


def check(profile, **options):
    return check_need(profile, SEGMENTER, **options)


def test_the_weights_are_shares_of_a_hundred():
    assert sum(WEIGHTS.values()) == 100
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True)
    for words in (MISSING["zh"], MISSING["en"], words_for_checks("zh"), words_for_checks("en")):
        assert WEIGHTS.keys() <= words.keys()
    for table in (EFFECTS, VAGUE, MISSING, SCENES):
        assert table["zh"].keys() == table["en"].keys()
    assert SCENES["zh"].keys() == FIELD_NAMES.keys()


def test_a_full_need_lacks_only_what_it_does_not_say():
    result = check(FULL)
    assert result.missing == ("deadline",) and result.completeness == 100 - WEIGHTS["deadline"]
    assert set(result.present) | set(result.missing) == set(WEIGHTS)


@pytest.mark.parametrize(
    ("change", "aspect"),
    [
        ({"money": "面议"}, "budget"),
        ({"money": ""}, "budget"),
        ({"mode": "", "description": FULL.description}, "mode"),
        ({"maturity": ""}, "maturity"),
        ({"description": FULL.description.replace("收率不低于90%", "收率再高些")}, "targets"),
        ({"description": FULL.description.replace("年产6000吨,", "")}, "scale"),
        ({"description": FULL.description.replace("不能停产改造", "")}, "limits"),
        ({"description": FULL.description.replace("第三方检测验收", "")}, "acceptance"),
    ],
)
def test_what_is_taken_away_is_missing_and_asked_for(change, aspect):
    result = check(dataclasses.replace(FULL, **change))
    assert aspect in result.missing
    asked = "\n".join(result.questions)
    assert MISSING["zh"][aspect] in asked or "面议" in asked


def test_questions_are_about_the_very_effect_that_is_named():
    result = check(need("N", "降低综合能耗,抑制析锂", "提高收率"))
    assert "“降低综合能耗”：目前综合能耗是多少，希望降到多少，怎么测？" in result.questions
    assert "“提高收率”：目前收率是多少，希望提高到多少，怎么测？" in result.questions
    english = check(need("N", "提高收率"), lang="en").questions
    assert english[0] == "“提高收率”: what is 收率 today, what should it rise to, and how is it measured?"
    # Where the value is given, nobody needs to ask.
    assert not any("提高收率" in question for question in check(FULL).questions)
    assert any("噪声偏高" in question for question in check(need("N", "机组噪声偏高")).questions)


def test_vague_words_are_asked_about_unless_a_figure_follows():
    assert check(need("N", "低成本高性能涂料")).vague == ("低成本", "高性能")
    assert check(need("N", "高精度检测装置")).vague == ("高精度",)
    assert check(need("N", "高精度(±0.05 mm)检测装置")).vague == ()
    assert any("上限是多少" in question for question in check(need("N", "低成本涂料")).questions)


def test_where_it_is_used_is_asked_in_the_words_of_the_field():
    assert SCENES["zh"]["精细化工"] in check(need("N", "蒽醌"), field="精细化工").questions
    assert SCENES["zh"]["现代农业"] in check(need("N", "蒽醌", field="农产品"), field="精细化工").questions
    assert MISSING["zh"]["scene"] in check(need("N", "蒽醌")).questions


@given(st.text(max_size=80), st.text(max_size=120), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_checked(title, description, lang):
    result = check(need("N", title, description), lang=lang)
    assert result.completeness == sum(WEIGHTS[name] for name in result.present)
    assert 0 <= result.completeness <= 100 and len(result.questions) <= MOST_QUESTIONS
    assert len(set(result.questions)) == len(result.questions)


def test_more_said_is_never_less_complete():
    for profile in read_needs(sample_path("needs")):
        bare = dataclasses.replace(profile, description="", keywords=(), money="", mode="", maturity="", date=None)
        assert check(bare).completeness <= check(profile).completeness


def test_the_engine_checks_without_a_register():
    needs = read_needs(sample_path("needs"))
    checks = Matchmaker(encoder=HashEncoder()).check(needs)
    assert [one.need_id for one in checks] == [profile.id for profile in needs]
    bare = [one.completeness for one, profile in zip(checks, needs, strict=True) if not profile.description]
    told = [one.completeness for one, profile in zip(checks, needs, strict=True) if len(profile.description) > 150]
    assert sum(bare) / len(bare) + 30 < sum(told) / len(told)
    english = Matchmaker(encoder=HashEncoder(), lang="en").check(needs[:1])
    assert english[0].questions[0].isascii()


def test_the_folder_holds_a_row_a_need(tmp_path):
    needs: Records[Profile] = Records((FULL, need("N-2", "=1+1")))
    checks = [check(profile) for profile in needs]
    files = write_checks(needs, checks, tmp_path / "a")
    again = write_checks(needs, checks, tmp_path / "b")
    assert tuple(files) == CHECK_OUTPUTS == tuple(path.name for path in files.values())
    assert all(files[name].read_bytes() == again[name].read_bytes() for name in files)
    sheet = open_sheet(files["needcheck.xlsx"])
    assert [cell.value for cell in sheet[1]][:4] == ["需求编号", "需求名称", "企业", "完整度"]
    assert sheet["D2"].value == pytest.approx(0.92) and sheet["B3"].value == "=1+1" and sheet["B3"].data_type == "s"
    text = files["needcheck.csv"].read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == ",".join(CHECK_HEADER) and "'=1+1" in text


def test_only_known_languages_have_words():
    with pytest.raises(SettingError, match="choose one of zh, en"):
        list(check_rows([], [], "fr"))
