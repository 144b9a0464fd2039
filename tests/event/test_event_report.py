import dataclasses
import io
import json
from datetime import date

import openpyxl
import pytest

from matchmaker.cli import main
from matchmaker.delivery.event_report import measure_rates, read_figures, write_event_report
from matchmaker.docking import Mark, Meeting
from matchmaker.errors import TableError
from matchmaker.evaluation.rates import bound_rate
from matchmaker.event import count_event, trace_outcomes
from matchmaker.proceedings import EventFigures, InstitutionFigures, RankFigures
from matchmaker.records import Match
from matchmaker.report.event_report import EventReport, render_event_page

DAY = date(2026, 11, 9)
HOSTILE = '</style><script>document.title="x"</script><img src=x onerror=alert(1)>{{7*7}}'


def figures(name="第二场", **more):
    counts = {
        "shown": 40,
        "suitable": 12,
        "planned": 10,
        "taken": 9,
        "taken_suitable": 8,
        "held": 7,
        "cut_short": 1,
        "missed": 1,
        "unmarked": 1,
        "talked": 8,
        "needs": 8,
        "needs_suitable": 6,
        "needs_planned": 6,
        "needs_met": 5,
        "needs_fruitful": 3,
        "contract": 2,
        "amount": 1_200_000.0,
        "obstacles": (("price", 3), ("maturity", 1)),
        "ranks": (RankFigures(1, 8, 6, 5), RankFigures(2, 8, 4, 3)),
        "institutions": (InstitutionFigures("星海大学", 20, 6, 5, 2), InstitutionFigures(HOSTILE, 20, 0, 0, 0)),
    }
    return EventFigures("DL-2", name, DAY, **(counts | more))


def test_an_event_is_counted_as_by_hand():
    shown = [Match(f"N-{need}", f"A-{rank}", rank, 0, 0.8 / rank) for need in range(3) for rank in (1, 2)]
    planned = [Meeting(1, "T", f"N-{need}", "A-1", "", "", 0.8) for need in range(3)]
    planned.append(Meeting(2, "T", "N-0", "A-9", "", "", 0.2))
    marks = [
        Mark("N-0", "A-1", "held", True, "contract", 5e5),
        Mark("N-1", "A-1", "missed", obstacle="other"),
        Mark("N-2", "A-1", "cut_short", result="failed", obstacle="price"),
        Mark("N-2", "A-2", "held", again=True, amount=7.0),
    ]
    outcomes, _ = trace_outcomes(planned, marks, shown)
    found = count_event(outcomes, shown, {"A-1": "U1", "A-2": "U1"}, event_id="E", name="E", day=DAY)
    assert dataclasses.asdict(found) == dataclasses.asdict(
        EventFigures(
            *("E", "E", DAY),
            **{"shown": 6, "suitable": 3, "planned": 4, "taken": 3, "taken_suitable": 3},
            **{"held": 1, "cut_short": 1, "missed": 1, "unmarked": 1, "unplanned": 1, "talked": 3},
            **{"needs": 3, "needs_suitable": 3, "needs_planned": 3, "needs_met": 2, "needs_fruitful": 2},
            **{"again": 2, "contract": 1, "failed": 1, "amount": 5e5},
            obstacles=(("other", 1), ("price", 1)),
            ranks=(RankFigures(1, 3, 3, 2), RankFigures(2, 3, 0, 1)),
            institutions=(InstitutionFigures("U1", 6, 3, 3, 2), InstitutionFigures("A-9", 0, 1, 0, 0)),
        )
    )


def test_rates_carry_their_intervals():
    rates = measure_rates(figures())
    assert (rates["met"].positive, rates["met"].trials) == (8, 10)
    assert (rates["met"].low, rates["met"].high) == bound_rate(8, 10)
    assert rates["contract"].low < 0.25 < rates["contract"].high
    empty = measure_rates(EventFigures("E", "E", DAY))
    assert all(rate.trials == 0 and rate.share == 0 for rate in empty.values())


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl knows no solid data bars
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_the_same_bytes_and_hostile_text_stays_text(tmp_path, lang):
    now, before = figures(HOSTILE), figures("第一场", planned=20, obstacles=(("rights", 2), (HOSTILE, 1)))
    one = write_event_report(now, before, tmp_path / "1" / "r.html", lang=lang)
    two = write_event_report(now, before, tmp_path / "2" / "r.html", lang=lang)
    assert all(one[name].read_bytes() == two[name].read_bytes() for name in one)
    html = one["page"].read_text(encoding="utf-8")
    assert "<script" not in html and "<img" not in html and "{{7*7}}" in html
    assert "default-src &#39;none&#39;" in html and "第一场" in html and " style=" not in html
    book = openpyxl.load_workbook(io.BytesIO(one["workbook"].read_bytes()))
    assert len(book.sheetnames) == 4
    sheet = book[book.sheetnames[3]]
    assert sheet["A3"].value == HOSTILE and sheet["A3"].data_type == "s"


def test_an_event_without_anything_makes_a_page(tmp_path):
    bare = EventFigures("E", "E", DAY)
    html = render_event_page(EventReport(bare, measure_rates(bare)))
    assert "没有给出上一场的数据" in html and "没有记录堵点" in html


def test_figures_are_read_back_and_others_are_refused(tmp_path, capsys):
    content = dataclasses.asdict(figures()) | {"day": DAY.isoformat()}
    good = tmp_path / "good" / "figures.json"
    good.parent.mkdir()
    good.write_text(json.dumps({"format": "matchmaker-figures/1", **content}), encoding="utf-8")
    assert read_figures(good) == figures()
    negative = json.dumps({"format": "matchmaker-figures/1", **content, "held": -1})
    for text in ("{", "[]", '{"format": "matchmaker-figures/1"}', json.dumps(content), negative):
        bad = tmp_path / "bad" / "figures.json"
        bad.parent.mkdir(exist_ok=True)
        bad.write_text(text, encoding="utf-8")
        with pytest.raises(TableError, match="请先运行该命令"):
            read_figures(bad)
    page = str(tmp_path / "r.html")
    assert main(["event", "report", str(good.parent), "--out", page, "--lang", "zh"]) == 0
    assert "r.xlsx" in capsys.readouterr().out
    assert main(["event", "report", str(tmp_path / "bad"), "--out", page, "--lang", "en"]) == 2
    assert "run that command" in capsys.readouterr().err
    assert main(["event", "report", str(good.parent), "--out", str(tmp_path / "r.pdf")]) == 2


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_shows_in_a_browser_without_a_word_of_complaint(tmp_path, browser, width):
    expect = pytest.importorskip("playwright.sync_api").expect
    files = write_event_report(figures(HOSTILE), figures("第一场", planned=20, held=18), tmp_path / "r.html")
    page = browser.new_page(viewport={"width": width, "height": 900})
    told, asked = [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files["page"].as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("对接会报告")
    expect(page.locator(".event")).to_have_text(HOSTILE)
    expect(page.locator(".tiles li").first).to_contain_text("上一场 20")
    expect(page.locator(".rate", has_text="安排的对接如期举行")).to_contain_text("80%")
    expect(page.locator("script, img")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not told and len(asked) == 1
    page.close()
