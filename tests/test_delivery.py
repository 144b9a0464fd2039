import csv
import gc
import hashlib
import json
import os
from dataclasses import replace
from datetime import date

import pytest

from matchmaker.delivery import OUTPUTS, Delivery, count_needs, folder, write_delivery, write_evidence, write_scores
from matchmaker.delivery.contents import report_content
from matchmaker.errors import MatchmakerError, SettingError
from matchmaker.rank.filters import Filter
from matchmaker.records import (
    Evidence,
    Match,
    Profile,
    Records,
    Rejection,
    ScoredPair,
    Shortlist,
    Span,
    Term,
)
from matchmaker.tables import read_shortlists

DAY = date(2026, 11, 9)
ACHIEVEMENTS = Records(
    (
        Profile(id="A-1", kind="achievement", title="宽温域电解液", organisation="星海大学", field="洁净能源"),
        Profile(id="A-2", kind="achievement", title="=HYPERLINK()", organisation="星海大学"),
    ),
    rejected=(Rejection("achievements.csv", "", 4, "缺少成果名称", "A-3"),),
    source="achievements.csv",
    sha256="ab" * 32,
)
NEEDS = Records(
    (
        Profile(id="N-1", kind="need", title="低温电解液", date=date(2027, 1, 1)),
        Profile(id="N-2", kind="need", title="已截止的需求", date=date(2026, 11, 8)),
        Profile(id="N-3", kind="need", title="没有合适的成果"),
    ),
    source="needs.csv",
    sha256="cd" * 32,
)
EVIDENCE = Evidence(
    reasons=('双方均涉及"电解液"', "领域一致 (洁净能源)"),
    spans=(Span("need", "title", 2, 5, "电解液"), Span("achievement", "title", 3, 6, "电解液")),
    terms=(Term("dense", 0.5288720726, 3.8145345449), Term("region", 0.0, 0.0), Term("mode", 1.0, -0.1)),
    base=0.25,
)
SHORTLISTS = [
    Shortlist("N-1", (Match("N-1", "A-1", 1, 3.9645345449, 0.96015, EVIDENCE), Match("N-1", "A-2", 2, -1e-9, 0.1)), 1),
    Shortlist("N-2", ()),
    Shortlist("N-3", (Match("N-3", "A-2", 1, -2.5, 0.0),)),
]


@pytest.fixture
def delivery():
    return Delivery(
        ACHIEVEMENTS,
        NEEDS,
        SHORTLISTS,
        filter=Filter(fields=("洁净能源",), min_maturity=6, as_of=20766),
        k=10,
        as_of=DAY,
        settings={"encoder": "bundled-1", "seed": "0"},
        version="0.1.0",
        command=["matchmaker", "shortlist"],
        timings={"encode": 1.23456},
    )


def read_csv(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_shortlists_follow_the_contract(delivery, tmp_path):
    files = write_delivery(delivery, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(OUTPUTS) == sorted(files)
    rows = read_csv(files["shortlists.csv"])
    assert list(rows[0]) == ["need_id", "rank", "achievement_id", "score", "probability", "evidence", "reasons"]
    assert [(row["need_id"], row["rank"], row["achievement_id"], row["score"], row["probability"]) for row in rows] == [
        ("N-1", "1", "A-1", "3.964535", "0.9601"),
        ("N-1", "2", "A-2", "0.000000", "0.1000"),
        ("N-3", "1", "A-2", "-2.500000", "0.0000"),
    ]
    assert rows[0]["reasons"] == '双方均涉及"电解液"; 领域一致 (洁净能源)'
    assert json.loads(rows[0]["evidence"])["spans"][0] == ["need", "title", 2, 5, "电解液"]


def test_shortlists_are_read_back(delivery, tmp_path):
    matches = read_shortlists(write_delivery(delivery, tmp_path)["shortlists.csv"])
    assert not matches.rejected
    assert [(match.need_id, match.achievement_id, match.rank) for match in matches] == [
        ("N-1", "A-1", 1),
        ("N-1", "A-2", 2),
        ("N-3", "A-2", 1),
    ]
    assert matches[0].evidence.reasons == EVIDENCE.reasons


def test_evidence_adds_up_to_the_score():
    content = json.loads(write_evidence(EVIDENCE))
    assert [name for name, *_ in content["terms"]] == ["dense", "mode"]
    added = content["base"] + sum(contribution for *_, contribution in content["terms"])
    assert added == pytest.approx(SHORTLISTS[0][0].score, abs=1e-5)


def test_the_same_delivery_gives_the_same_bytes(delivery, tmp_path):
    one = write_delivery(delivery, tmp_path / "one")
    two = write_delivery(replace(delivery, timings={"encode": 9.0}, command=()), tmp_path / "two")
    for name in set(OUTPUTS) - {"manifest.json"}:
        assert one[name].read_bytes() == two[name].read_bytes(), name


def test_manifest_tells_how_to_make_it_again(delivery, tmp_path):
    files = write_delivery(delivery, tmp_path)
    manifest = json.loads(files["manifest.json"].read_text(encoding="utf-8"))
    assert manifest["inputs"]["achievements"] == {
        "file": "achievements.csv",
        "sha256": "ab" * 32,
        "rows": 2,
        "rejected": 1,
        "notices": 0,
    }
    for name, told in manifest["outputs"].items():
        content = files[name].read_bytes()
        assert told == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    assert set(manifest["outputs"]) == set(OUTPUTS) - {"manifest.json"}
    assert manifest["settings"] == {"encoder": "bundled-1", "seed": "0"}
    assert manifest["filter"]["fields"] == ["洁净能源"] and manifest["filter"]["min_maturity"] == 6
    assert (manifest["as_of"], manifest["k"], manifest["lang"]) == ("2026-11-09", 10, "zh")
    assert manifest["counts"] == {"needs_served": 1, "needs_unserved": 1, "needs_expired": 1, "matches": 3}
    assert manifest["seconds"]["encode"] == 1.235 and manifest["seconds"]["write"] >= 0
    assert manifest["command"] == ["matchmaker", "shortlist"]
    assert {"numpy", "onnxruntime"} <= set(manifest["packages"]) and manifest["python"].startswith("3.")


def test_rejected_is_written_with_a_header_only_when_nothing_was_set_aside(delivery, tmp_path):
    files = write_delivery(delivery, tmp_path)
    assert [row["row"] for row in read_csv(files["rejected.csv"])] == ["4"]
    files = write_delivery(replace(delivery, achievements=replace(ACHIEVEMENTS, rejected=())), tmp_path)
    assert files["rejected.csv"].read_text(encoding="utf-8-sig").splitlines() == ["file,sheet,row,reason,content"]


def test_a_need_that_has_expired_is_told_in_the_report(delivery, tmp_path):
    page = write_delivery(delivery, tmp_path)["report.html"].read_text(encoding="utf-8")
    assert "需求 N-2 的截止日期 2026-11-08 早于 2026-11-09" in page
    assert "N-1 的截止日期" not in page
    assert count_needs(replace(delivery, as_of=None)).expired == 0


def test_a_need_that_has_expired_is_no_gap(delivery):
    content = report_content(delivery)
    assert content.expired == {"N-2"}
    assert [need.id for need, _ in content.gaps()] == ["N-3"]
    still = report_content(replace(delivery, as_of=None))
    assert [need.id for need, _ in still.gaps()] == ["N-2", "N-3"]


def test_report_names_the_rules_that_were_set_and_no_others(delivery, tmp_path):
    content = report_content(delivery)
    assert content.settings["限定领域"] == "洁净能源" and content.settings["最低成熟度 (TRL)"] == "6"
    assert "只看同领域" not in content.settings
    assert content.name_feature("dense") == "语义相似" and content.made_on == DAY
    english = report_content(replace(delivery, lang="en", filter=Filter(same_field=True)))
    assert english.settings["Same field only"] == "yes" and english.name_feature("bm25") == "Same words"


def test_every_feature_has_a_name_in_both_languages():
    from matchmaker.delivery.wording import FEATURES
    from matchmaker.rank.features import FEATURES as USED

    assert set(FEATURES["zh"]) == set(FEATURES["en"]) >= set(USED)


def test_files_of_other_names_stay_and_own_ones_are_replaced(delivery, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "shortlists.csv").write_text("old", encoding="utf-8")
    write_delivery(delivery, tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "shortlists.csv").read_text(encoding="utf-8-sig").startswith("need_id,")


@pytest.mark.parametrize("writer", ["write_csv", "write_rejected", "write_workbook", "write_page", "write_text"])
def test_a_failing_writer_leaves_what_was_there(delivery, tmp_path, monkeypatch, writer):
    before = {name: path.read_bytes() for name, path in write_delivery(delivery, tmp_path).items()}

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, writer, fail)
    with pytest.raises(KeyboardInterrupt):
        write_delivery(replace(delivery, shortlists=SHORTLISTS[:1]), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_garbage_collector_works_again_afterwards(delivery, tmp_path, monkeypatch):
    write_delivery(delivery, tmp_path)
    assert gc.isenabled()
    monkeypatch.setattr(folder, "write_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_delivery(delivery, tmp_path)
    assert gc.isenabled()


def test_a_failing_writer_leaves_no_new_folder(delivery, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "write_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_delivery(delivery, tmp_path / "deep" / "out")
    assert not (tmp_path / "deep" / "out").exists()


def test_a_workbook_held_open_stops_the_delivery_before_anything_has_changed(delivery, tmp_path, monkeypatch):
    before = {name: path.read_bytes() for name, path in write_delivery(delivery, tmp_path).items()}
    replace_file = os.replace

    def refuse(source, target):
        if str(target) == str(tmp_path / "shortlists.xlsx"):
            raise PermissionError(13, "Permission denied")
        replace_file(source, target)

    monkeypatch.setattr(folder.os, "replace", refuse)
    with pytest.raises(MatchmakerError, match="请先关闭正在打开它的程序"):
        write_delivery(replace(delivery, shortlists=SHORTLISTS[:1]), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_in_place_of_the_folder_is_refused(delivery, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(MatchmakerError, match="请换一个"):
        write_delivery(delivery, tmp_path / "out")


def test_an_unknown_language_is_refused(delivery, tmp_path):
    with pytest.raises(SettingError, match="zh, en"):
        write_delivery(replace(delivery, lang="fr"), tmp_path)


def test_scores_have_their_decimals(tmp_path):
    write_scores(tmp_path / "scores.csv", [ScoredPair("N-1", "A-1", 1.23456789, 0.55555, 2.0)], lang="en")
    assert (tmp_path / "scores.csv").read_bytes().decode("utf-8-sig") == (
        "need_id,achievement_id,score,probability,expected_grade\r\nN-1,A-1,1.234568,0.5555,2.0000\r\n"
    )
