import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations

import pytest

from matchmaker.errors import SettingError
from matchmaker.samples import NAMES, SAMPLE_DATE, sample_path
from matchmaker.tables import read_achievements, read_judgments, read_needs
from matchmaker.tables.contracts import ACHIEVEMENTS, JUDGMENTS, NEEDS

FIELDS = {"洁净能源", "电子信息", "精细化工", "海洋经济", "航空航天", "高端装备", "现代农业", ""}
INSTITUTIONS = {
    "滨城理工大学",
    "北海化学物理研究所",
    "金州工业大学",
    "星海大学",
    "渤海海洋大学",
    "辽东海事大学",
    "连港交通大学",
}


@pytest.fixture(scope="module")
def achievements():
    return read_achievements(sample_path("achievements"), lang="en")


@pytest.fixture(scope="module")
def needs():
    return read_needs(sample_path("needs"), lang="en")


@pytest.fixture(scope="module")
def judgments():
    return read_judgments(sample_path("judgments"), lang="en")


def test_counts_and_that_nothing_was_set_aside_or_repaired(achievements, needs, judgments):
    assert (len(achievements), len(needs), len(judgments)) == (120, 60, 402)
    for table in (achievements, needs, judgments):
        assert table.rejected == table.notices == ()


@pytest.mark.parametrize(
    ("name", "contract", "more"),
    [("achievements", ACHIEVEMENTS, ["leader"]), ("needs", NEEDS, []), ("judgments", JUDGMENTS, [])],
)
def test_headers_follow_the_contract_with_other_columns_at_the_end(name, contract, more):
    content = sample_path(name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header = content.decode("utf-8-sig").splitlines()[0].split(",")
    design = [column.name for column in contract.columns]
    if name == "achievements":  # patents is in the contract of the file but not an attribute of a profile
        design.insert(design.index("updated_on"), "patents")
    if name == "judgments":  # all of these count the same
        design.remove("weight")
    assert header == design + more


def test_ids_run_without_gaps(achievements, needs):
    assert [row.id for row in achievements] == [f"A-{number:04}" for number in range(1, 121)]
    assert [row.id for row in needs] == [f"N-{number:04}" for number in range(1, 61)]


def test_judgments_name_known_pairs_once(achievements, needs, judgments):
    assert {row.achievement_id for row in judgments} <= {row.id for row in achievements}
    assert {row.need_id for row in judgments} == {row.id for row in needs}
    assert max(Counter((row.need_id, row.achievement_id) for row in judgments).values()) == 1
    assert set(Counter(row.need_id for row in judgments).values()) <= {6, 7, 8}
    assert all(row.judged_on is not None and row.judged_on <= SAMPLE_DATE for row in judgments)
    assert {row.event_id for row in judgments} == {"DL-2026-01", "DL-2026-02"}


def test_every_grade_occurs_and_some_needs_have_nothing_suitable(judgments):
    grades = Counter(row.grade for row in judgments)
    assert set(grades) == {1, 2, 3, 4}
    assert min(grades.values()) > 0.1 * len(judgments)
    best = defaultdict(int)
    for row in judgments:
        best[row.need_id] = max(best[row.need_id], row.grade)
    assert sorted(name for name, grade in best.items() if grade < 3) == [
        "N-0013",
        "N-0020",
        "N-0029",
        "N-0039",
        "N-0049",
        "N-0056",
    ]


def test_fields_and_institutions_are_the_invented_ones(achievements, needs):
    assert {row.field for row in achievements} == {row.field for row in needs} == FIELDS
    assert {row.organisation for row in achievements} == INSTITUTIONS
    assert all(row.organisation for row in needs)


def test_lengths_vary_as_in_real_registers(achievements, needs):
    lengths = [len(row.description) for row in achievements]
    assert 15 <= lengths.count(0) <= 30 and sum(length >= 500 for length in lengths) >= 15
    assert sum(not row.description for row in needs) >= 5
    assert all(row.title for row in (*achievements, *needs))


def test_texts_hold_part_numbers_materials_standards_and_units(achievements, needs):
    text = "\n".join(row.title + row.description for row in (*achievements, *needs))
    for pattern in ("STM32H743", "316L", "Inconel 718", "NMC811", r"GB/T \d+", "CCS", "±0\\.\\d+", "℃", "MPa", "≥"):
        assert re.search(pattern, text), pattern


def test_no_text_and_nearly_no_title_stands_twice(achievements, needs):
    for register in (achievements, needs):
        texts = [row.description for row in register if row.description]
        assert len(set(texts)) == len(texts)
        grams = {row.id: {row.title[place : place + 2] for place in range(len(row.title) - 1)} for row in register}
        for one, other in combinations(grams, 2):
            shared = len(grams[one] & grams[other]) / len(grams[one] | grams[other])
            assert shared < 0.5, (one, other)


def test_exactly_one_need_has_expired_on_the_sample_day(needs):
    assert [row.id for row in needs if row.date is not None and row.date < SAMPLE_DATE] == ["N-0020"]
    assert SAMPLE_DATE == date(2026, 11, 9)


def test_readme_states_the_true_counts(achievements, needs, judgments):
    text = (sample_path("needs").parent / "README.md").read_text(encoding="utf-8")
    rows = {cells[0].split()[0]: cells[1:] for cells in re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|$", text, re.M)}
    fields = {row.field for row in achievements} - {""}
    for field in fields:
        counts = [sum(row.field == field for row in register) for register in (achievements, needs)]
        assert [int(count) for count in rows[field]] == counts, field
    for institution, count in Counter(row.organisation for row in achievements).items():
        assert f"| {institution} | {count} |" in text
    for grade, count in Counter(row.grade for row in judgments).items():
        assert re.search(rf"^\| {grade} \| .* \| {count} \|$", text, re.M)


def test_an_unknown_sample_is_refused_with_the_names_there_are():
    with pytest.raises(SettingError, match=", ".join(NAMES)):
        sample_path("experts")
