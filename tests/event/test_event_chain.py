"""An event from registers to what was learned of it, as three people would live it: desk, hall, and desk again."""

import csv
import json
import warnings

import pytest
from openpyxl import load_workbook

from matchmaker import Matchmaker, read_achievements, read_judgments, read_needs, read_shortlists
from matchmaker.cli import main
from matchmaker.samples import sample_path

playwright = pytest.importorskip("playwright.sync_api")

DONE = 0
AGENDA = """id = "DL-2026-04"
name = "大连市第四季度科技成果对接会"
date = 2026-12-10
place = "国际会议中心"
[slots]
start = "09:00"
end = "12:00"
minutes = 20
pause = 5
[hall]
tables = 6
[files]
achievements = "achievements.csv"
needs = "needs.csv"
decisions = "packs"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The registers' first rows, an agenda, shortlists made once, and district packs that somebody has filled in."""
    folder = tmp_path_factory.mktemp("event")
    for name, count in (("achievements", 60), ("needs", 24)):
        with open(sample_path(name), encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[:count]])
    (folder / "EVENT.toml").write_text(AGENDA, encoding="utf-8")
    registers = [str(folder / "achievements.csv"), str(folder / "needs.csv")]
    run = ["shortlist", *registers, "--out", str(folder / "lists"), "--quality", "fast", "--no-cache", "--lang", "zh"]
    assert main([*run, "--as-of", "none", "-q"]) == DONE
    lists = str(folder / "lists/shortlists.csv")
    assert main(["event", "packs", *registers, lists, "--out", str(folder / "packs"), "--lang", "zh", "-q"]) == DONE
    return folder


def decide(folder):
    """Fill in the first two rows of the first pack: a veto, and a must-meet."""
    file = min((folder / "packs").glob("*.xlsx"))
    with warnings.catch_warnings():  # openpyxl drops what makes cells green or red
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(file)
    sheet = book["意见征集"]
    head = [cell.value for cell in sheet[1]]
    columns = {name: head.index(name) for name in ("需求编号", "成果编号", "意见")}
    decided = {}
    for row, word in zip(sheet.iter_rows(min_row=2, max_row=3), ("否决", "必谈"), strict=True):
        row[columns["意见"]].value = word
        decided[word] = (row[columns["需求编号"]].value, row[columns["成果编号"]].value)
    book.save(file)
    return decided


def read_table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_event_from_registers_to_what_was_learned(folder, browser):
    decided = decide(folder)
    event, lists = str(folder / "EVENT.toml"), str(folder / "lists/shortlists.csv")
    as_of = ["--as-of", "2026-12-01", "--lang", "zh", "-q"]
    assert main(["event", "plan", event, "--shortlists", lists, "--out", str(folder / "plan"), *as_of]) == DONE
    planned = {(row["need_id"], row["achievement_id"]): row for row in read_table(folder / "plan/timetable.csv")}
    assert decided["必谈"] in planned and decided["否决"] not in planned
    assert (folder / "plan/book.pdf").read_bytes().startswith(b"%PDF-")

    # On the day a table breaks after the second slot; the rest is planned again.
    (folder / "changes.csv").write_text("kind,table\n桌子,6\n", encoding="utf-8")
    replan = ["event", "replan", event, "--plan", str(folder / "plan"), "--changes", str(folder / "changes.csv")]
    assert main([*replan, "--now", "09:50", "--out", str(folder / "plan2"), *as_of]) == DONE
    again = {(row["need_id"], row["achievement_id"]): row for row in read_table(folder / "plan2/timetable.csv")}
    assert not [row for row in again.values() if row["table"] == "6" and int(row["slot"]) > 3]
    assert all(
        again[pair] | {"locked": ""} == row | {"locked": ""} for pair, row in planned.items() if int(row["slot"]) <= 2
    )

    # Somebody opens the book on a tablet, reads why two meet, marks, and sends the file.
    marks = mark_in_the_book(browser, folder)
    assert marks["event_id"] == "DL-2026-04" and {mark["state"] for mark in marks["marks"]} >= {"held", "missed"}

    # Back at the desk: judgments, follow-ups, a report, and a model that has read them.
    registers = ["--achievements", str(folder / "achievements.csv"), "--needs", str(folder / "needs.csv")]
    outcomes = ["event", "outcomes", str(folder / "plan2"), str(folder / "marks.json"), *registers]
    assert main([*outcomes, "--out", str(folder / "after"), "--as-of", "2026-12-20", "--lang", "zh", "-q"]) == DONE
    judged = read_judgments(folder / "after/judgments.csv")
    held = {(mark["need_id"], mark["achievement_id"]) for mark in marks["marks"] if mark["state"] == "held"}
    assert {(row.need_id, row.achievement_id) for row in judged} == held
    assert all(row.event_id == "DL-2026-04" and row.weight > 0 for row in judged)
    page = folder / "after/report.html"
    assert main(["event", "report", str(folder / "after"), "--out", str(page), "--lang", "zh", "-q"]) == DONE
    assert "大连市第四季度科技成果对接会" in page.read_text(encoding="utf-8")


def mark_in_the_book(browser, folder):
    needs = {row.id: row for row in read_needs(folder / "needs.csv")}
    evidence = {
        (row.need_id, row.achievement_id): row.evidence for row in read_shortlists(folder / "lists/shortlists.csv")
    }
    rows = read_table(folder / "plan2/timetable.csv")
    page = browser.new_page()
    for place, (row, state) in enumerate(zip(rows, ("held", "missed", "held", "cut_short"), strict=False)):
        page.goto((folder / "plan2/book.html").as_uri())
        page.get_by_role("searchbox").fill(needs[row["need_id"]].organisation)
        page.get_by_role("searchbox").press("Enter")
        for reason in evidence[row["need_id"], row["achievement_id"]].reasons[:1]:
            playwright.expect(page.locator("#party")).to_contain_text(reason)
        page.locator(f"#party .marking[data-meeting='{place}'] [data-value={state}]").click()
    page.goto((folder / "plan2/book.html").as_uri())
    page.locator("[data-view=marks]").click()
    with page.expect_download() as download:
        page.locator("#export").click()
    download.value.save_as(folder / "marks.json")
    page.close()
    return json.loads((folder / "marks.json").read_text(encoding="utf-8"))


def test_shortlists_come_back_with_all_of_their_evidence(folder):
    achievements, needs = (read(folder / f"{name}.csv") for read, name in READERS)
    written = Matchmaker(quality="fast").fit(achievements).shortlist(needs, k=10)
    came_back = read_shortlists(folder / "lists/shortlists.csv")
    pairs = {(match.need_id, match.achievement_id): match for shortlist in written for match in shortlist}
    assert len(came_back) == len(pairs) > 100
    for match in came_back:
        source = pairs[match.need_id, match.achievement_id]
        assert match.evidence.spans == source.evidence.spans and match.evidence.reasons == source.evidence.reasons
        assert [term.feature for term in match.evidence.terms] == [term.feature for term in source.evidence.terms]


READERS = ((read_achievements, "achievements"), (read_needs, "needs"))
