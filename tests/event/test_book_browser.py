"""The book as people use it: opened from a file, in Chromium, on the day and on paper, with hostile texts in it."""

import json
import re
from datetime import datetime

import pytest
from docking_day import ACHIEVEMENTS, IMAGE, NEEDS, SCRIPT, build_day, build_hostile, build_large
from playwright.sync_api import expect
from test_report_browser import CONTRAST, DESKTOP, PHONE, count_pages

from matchmaker.marking import MARKS_FORMAT
from matchmaker.report import write_book

TABLET = {"width": 820, "height": 1180}
ROWS = "#parties > li"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
DAY = build_day()
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    return {
        "zh": write_book(DAY, folder / "book.html"),
        "en": write_book(build_day("en"), folder / "book_en.html"),
        "other": write_book(build_day(event_id="DL-2026-12"), folder / "other.html"),
        "bare": write_book(build_day(changed=False, hours=False), folder / "bare.html"),
        "hostile": write_book(build_hostile(), folder / "hostile.html"),
        "large": write_book(build_large(), folder / "large.html"),
    }


@pytest.fixture
def visit(browser, files):
    """Open a book; when the test ends, no request, dialog, error or policy violation may have happened."""
    contexts, troubles = [], []

    def open_page(name="zh", viewport=DESKTOP, fragment="", context=None, before=None, **options):
        if context is None:
            context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
            contexts.append(context)
            if before:
                context.add_init_script(before)
        page = context.new_page()
        address = files[name].as_uri()
        page.on("request", lambda request: allowed(request.url, address) or troubles.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def allowed(url, address):
    return url.split("#")[0] == address or url.startswith("blob:")


def names(page):
    return page.locator(f"{ROWS} h3").all_text_contents()


def marking(page, row=0):
    """Return the controls of a meeting, by its number in the timetable."""
    return page.locator(f".marking[data-meeting='{row}']").first


def pressed(box, value):
    return box.locator(f"[data-value={value}]").get_attribute("aria-pressed") == "true"


def export(page, folder, name="marks.json"):
    page.click("[data-view=marks]")
    with page.expect_download() as waiting:
        page.click("#export")
    path = folder / name
    waiting.value.save_as(path)
    return path, json.loads(path.read_text(encoding="utf-8"))


def give(page, content, folder, name="given.json"):
    """Let the page read a file of marks."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    page.click("[data-view=marks]")
    page.set_input_files("#import", path)
    expect(page.locator("#told p").first).to_be_visible()
    return page.locator("#told").text_content()


def make_file(*marks, event_id="DL-2026-11", **more):
    return {"format": MARKS_FORMAT, "event_id": event_id, "exported_at": "", "marks": list(marks), **more}


def make_mark(row, state="", again=False, comment="", **more):
    meeting = DAY.timetable.meetings[row]
    pair = {"need_id": meeting.need_id, "achievement_id": meeting.achievement_id}
    return pair | {"state": state, "again": again, "comment": comment} | more


# ---- Finding and reading


def test_my_enterprise_is_found_and_its_page_tells_the_day(visit):
    page = visit()
    assert len(names(page)) == len(DAY.parties)
    page.keyboard.press("/")
    page.keyboard.type("轮毂 锐峰")
    assert names(page) == ["大连锐峰轮毂涂装有限公司"]
    page.keyboard.press("Enter")
    expect(page.locator("#party h2")).to_be_focused()
    assert page.locator("#party h2").text_content() == "大连锐峰轮毂涂装有限公司"
    meetings = list(DAY.timetable.of("E-3"))
    rows = [row.split("\t") for row in page.locator(".day tbody").inner_text().split("\n")]
    assert [row[0] for row in rows] == [str(DAY.slot(meeting.slot)) for meeting in meetings]
    assert [row[2] for row in rows] == [DAY.name_party(meeting.team) for meeting in meetings]
    page.locator(".day a").nth(1).click()
    assert page.evaluate("document.activeElement.querySelector('.when b').textContent") == rows[1][0]
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    assert names(page) == ["大连锐峰轮毂涂装有限公司"]
    page.go_back()
    page.locator("#back").click()
    assert names(page) == ["大连锐峰轮毂涂装有限公司"]
    page.click("#reset")
    page.fill("#search", "不存在的企业")
    expect(page.locator("#nothing")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "first"),
    [("企3", "大连锐峰轮毂涂装有限公司"), ("N-0002", "大连鼎钺压力容器制造有限公司"), ("Ｔ-1", "北海化学物理研究所")],
)
def test_numbers_ids_and_full_width_letters_find_a_party(visit, typed, first):
    page = visit()
    page.fill("#search", typed)
    assert names(page)[0].startswith(first)


def test_enterprises_and_teams_are_listed_apart(visit):
    page = visit()
    page.locator("#filters input[value=team]").check()
    assert names(page) == [party.name for party in DAY.parties.values() if party.role == "team"]
    assert f"共 {len(DAY.parties)} 个" in page.locator("#found").text_content()


def test_why_they_meet_is_read_on_both_sides(visit):
    page = visit(fragment="#E-1")
    card = page.locator(".meeting").first
    assert "双方均涉及MWh、不停机" in card.locator(".reasons").text_content()
    for side in card.locator(".side").all():
        assert {"MWh", "不停机"} <= set(side.locator("mark").all_text_contents())
    card.locator(".chips button", has_text="不停机").click()
    assert card.locator("mark.lit").all_text_contents() == ["不停机", "不停机"]
    card.locator("summary").nth(1).click()
    expect(card.locator("details .text").first).to_have_text(ACHIEVEMENTS["A-0024"].description)
    assert card.locator(".questions li").all_text_contents() == list(DAY.questions["N-0001"])
    assert "先想好" in card.text_content()
    team = visit(fragment="#T-1")
    assert "可以问对方" in team.locator(".meeting").first.text_content()


def test_a_pair_that_was_only_asked_for_says_so(visit):
    last = DAY.timetable.meetings[-1]
    page = visit(fragment=f"#{last.enterprise}")
    assert "点名安排" in page.locator(".meeting").last.text_content()


def test_excerpts_are_words_of_the_text(visit):
    page = visit()
    for party in DAY.parties.values():
        page.evaluate("id => { location.hash = encodeURIComponent(id); }", party.id)
        expect(page.locator("#party h2")).to_have_text(party.name)
        for meeting, card in zip(DAY.timetable.of(party.id), page.locator(".meeting").all(), strict=True):
            sides = NEEDS[meeting.need_id], ACHIEVEMENTS[meeting.achievement_id]
            for profile, side in zip(sides, card.locator(".side").all(), strict=True):
                whole = re.sub(r"\s", "", profile.description)
                for shown in side.locator("> .text").all_text_contents():
                    pieces = [re.sub(r"\s", "", piece) for piece in shown.split("…")]
                    assert sum(map(len, pieces)) <= 240
                    assert all(piece in whole for piece in pieces)


def test_the_grid_seats_everybody_and_leads_to_them(visit):
    page = visit()
    page.click("[data-view=grid]")
    cells = page.locator(".grid td[data-meeting]")
    expect(cells).to_have_count(len(DAY.timetable.meetings))
    first = DAY.timetable.meetings[0]
    assert page.locator(".grid tbody tr").first.locator("td").first.locator("a").all_text_contents() == [
        DAY.name_party(first.enterprise),
        DAY.name_party(first.team),
    ]
    assert "停用" in page.locator(".grid").text_content()
    page.select_option("#slot", label="09:40–10:00")
    assert page.locator("#grid .seat").count() == sum(m.slot == 3 for m in DAY.timetable.meetings)
    page.locator("#grid .seat a").first.click()
    expect(page.locator("#party h2")).to_be_focused()
    page.go_back()
    expect(page.locator("#grid")).to_be_visible()


def test_what_changed_is_marked_everywhere(visit):
    page = visit(fragment="#E-1")
    assert page.locator(".meeting .change").first.text_content() == "新增"
    assert "取消" in page.locator(".gone").text_content()
    assert "T-9" in page.locator(".gone").text_content()
    page.evaluate("location.hash = 'E-2'")
    expect(page.locator(".meeting .change")).to_have_text("改动 · 原为 10:20–10:40 2 号桌")
    page.click("#back")
    page.click("[data-view=changes]")
    assert "新增 1 场，改动 1 场，取消 1 场" in page.locator("#view-changes").text_content()
    expect(page.locator("#view-changes li")).to_have_count(3)
    page.click("[data-view=grid]")
    assert page.locator(".grid .change").all_text_contents() == ["新增", "改动"]
    bare = visit("bare")
    expect(bare.locator("[data-view=changes]")).to_be_hidden()
    assert "第 1 时段" in bare.locator(ROWS).first.text_content()


def test_the_unmet_are_listed_with_their_reason(visit):
    page = visit()
    page.click("[data-view=unmet]")
    rows = page.locator("#view-unmet li").all_text_contents()
    assert "希望 4 场，安排 3 场" in rows[0]
    assert "允许再加 1 场即可" in rows[0]
    assert "双方没有共同的时间" in rows[1]
    assert ACHIEVEMENTS["A-0047"].title in rows[1]


# ---- Marks


def test_marks_survive_a_reload_and_are_the_same_wherever_the_meeting_stands(visit):
    page = visit(viewport=TABLET, fragment="#E-1")
    box = marking(page)
    box.locator("[data-value=held]").click()
    box.locator("[data-value=again]").click()
    box.locator("textarea").fill("先看样机，王工跟进\n下周回话")
    page.reload()
    assert pressed(marking(page), "held") and pressed(marking(page), "again")
    assert marking(page).locator("textarea").input_value() == "先看样机，王工跟进\n下周回话"
    page.click("#back")
    page.click("[data-view=grid]")
    expect(page.locator(".grid td[data-meeting='0'] .badge")).to_have_count(2)
    page.click("[data-view=marks]")
    assert "已标记 1 场，共 18 场" in page.locator("#progress").text_content()
    marking(page).locator("[data-value=cut_short]").click()
    assert pressed(marking(page), "cut_short") and not pressed(marking(page), "held")
    marking(page).locator("[data-value=cut_short]").click()  # once more takes it back
    assert "已标记 0 场" in page.locator("#progress").text_content()
    page.select_option("#marked", label="希望再谈")
    expect(page.locator("#marks li")).to_have_count(1)


def test_two_tabs_and_two_versions_of_one_event_share_their_marks_and_two_events_do_not(visit):
    page = visit(fragment="#E-1")
    context = page.context
    same = visit(context=context, fragment="#E-1")
    marking(page).locator("[data-value=missed]").click()
    expect(marking(same).locator("[data-value=missed]")).to_have_attribute("aria-pressed", "true")
    assert pressed(marking(visit("en", context=context, fragment="#E-1")), "missed")
    assert not pressed(marking(visit("other", context=context, fragment="#E-1")), "missed")


def test_marks_are_exported_as_a_file(visit, tmp_path):
    page = visit()
    page.click("[data-view=marks]")
    marking(page, 2).locator("[data-value=missed]").click()
    marking(page, 0).locator("[data-value=held]").click()
    marking(page, 0).locator("[data-value=again]").click()
    marking(page, 0).locator("textarea").fill('价格"谈不拢" </script>')
    path, file = export(page, tmp_path)
    assert file["format"] == "matchmaker-marks/1"
    assert file["event_id"] == "DL-2026-11"
    assert datetime.fromisoformat(file["exported_at"]).tzinfo is not None
    assert file["marks"] == [make_mark(0, "held", True, '价格"谈不拢" </script>'), make_mark(2, "missed")]
    assert "已导出 2 条" in page.locator("#told").text_content()
    # On another device the same file brings the same marks.
    other = visit()
    assert "读入 2 条：新增 2，补充 0，相同 0，不一致 0" in give(other, file, tmp_path)
    assert export(other, tmp_path, "again.json")[1]["marks"] == file["marks"]
    assert "相同 2" in give(other, file, tmp_path)


def test_import_merges_and_leaves_what_differs_to_people(visit, tmp_path):
    page = visit()
    page.click("[data-view=marks]")
    marking(page, 0).locator("[data-value=held]").click()
    marking(page, 0).locator("textarea").fill("甲的备注")
    marking(page, 1).locator("[data-value=again]").click()
    file = make_file(
        make_mark(0, "missed", True, "乙的备注"),
        make_mark(1, "cut_short"),
        make_mark(2, "held"),
        {"need_id": "N-0131", "achievement_id": "A-0400", "state": "held", "again": False, "comment": "上一版的会面"},
        make_mark(3, "flown"),
        {"state": "held"},
        "nonsense",
        None,
    )
    told = give(page, file, tmp_path)
    assert "读入 4 条：新增 2，补充 1，相同 0，不一致 1。" in told
    assert "其中 1 条不在这一版日程里" in told
    assert "有 4 条无法识别" in told
    assert "这里是“已谈”，文件里是“未到场”" in told
    merged = export(page, tmp_path)[1]["marks"]
    assert merged[:3] == [
        make_mark(0, "held", True, "甲的备注\n乙的备注"),
        make_mark(1, "cut_short", True),
        make_mark(2, "held"),
    ]
    assert merged[3]["comment"] == "上一版的会面"
    give(page, file, tmp_path)
    page.click(".conflict button")
    assert pressed(marking(page, 0), "missed")
    page.reload()
    assert export(page, tmp_path)[1]["marks"][0] == make_mark(0, "missed", True, "甲的备注\n乙的备注")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json at all", "不是对接手册导出的标记文件"),
        ("[]", "不是对接手册导出的标记文件"),
        ("null", "不是对接手册导出的标记文件"),
        (make_file(format="matchmaker-marks/9"), "不是对接手册导出的标记文件"),
        (make_file(event_id=SCRIPT), f"另一场对接会（{SCRIPT}），本场是 DL-2026-11"),
    ],
)
def test_a_file_that_is_not_this_event_s_changes_nothing(visit, tmp_path, content, said):
    page = visit()
    page.click("[data-view=marks]")
    marking(page).locator("[data-value=held]").click()
    assert said in give(page, content, tmp_path)
    assert len(export(page, tmp_path)[1]["marks"]) == 1


REFUSE = (
    """Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"""
)
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


@pytest.mark.parametrize("before", [REFUSE, FULL])
def test_without_storage_marks_last_while_the_page_is_open_and_it_is_said(visit, tmp_path, before):
    page = visit(before=before)
    expect(page.locator("#unsaved")).to_be_visible()
    page.click("[data-view=marks]")
    expect(page.locator("#saved")).to_be_hidden()
    marking(page).locator("[data-value=held]").click()
    assert pressed(marking(page), "held")
    assert export(page, tmp_path)[1]["marks"] == [make_mark(0, "held")]


def test_what_a_browser_kept_of_another_kind_does_no_harm(visit):
    page = visit(before="localStorage.setItem('matchmaker-marks:DL-2026-11', '{\"a\": [1')")
    assert len(names(page)) == len(DAY.parties)


# ---- Paper


def test_paper_has_the_grid_an_index_and_a_page_for_everybody_and_no_controls(visit):
    page = visit(fragment="#E-1")
    marking(page).locator("[data-value=held]").click()
    page.click("#back")
    page.emulate_media(media="print")
    expect(page.locator("#paper > .leaf").first).to_be_visible()
    busy = [party for party in DAY.parties.values() if DAY.count_meetings(party.id)]
    expect(page.locator("#paper .head")).to_have_count(len(busy))
    expect(page.locator("#paper .leaf")).to_have_count(len(busy) + 4)  # grid, index, unmet, changes
    for control in ("#tabs", "#filters", "#larger", "button", "textarea", "#home"):
        expect(page.locator(control).first).to_be_hidden()
    first = page.locator("#paper .leaf", has=page.locator(".head")).first
    assert "☑ 已谈" in first.text_content()
    expect(first.locator(".ruled i")).to_have_count(4)
    decoration = "node => getComputedStyle(node).textDecorationLine"
    assert first.locator("mark").first.evaluate(decoration) == "underline"
    page.emulate_media(media="screen")
    expect(page.locator("#paper .leaf")).to_have_count(0)
    expect(page.locator("#filters")).to_be_visible()


def test_a_pdf_has_a_page_for_each_party_and_one_for_an_opened_party(visit):
    page = visit()
    whole = count_pages(page.pdf(prefer_css_page_size=True))
    pages = {party: 1 if DAY.count_meetings(party) <= 3 else 2 for party in DAY.parties}
    assert whole <= sum(pages.values()) + 4  # three meetings fit on one page; beside them grid, index, unmet, changes
    assert whole >= len(DAY.parties) + 4
    page.evaluate("location.hash = 'E-1'")
    expect(page.locator("#party h2")).to_be_visible()
    assert count_pages(page.pdf(prefer_css_page_size=True)) == 1
    page.click("#back")
    page.click("[data-view=grid]")
    assert count_pages(page.pdf(prefer_css_page_size=True)) == 1


def test_what_is_searched_for_is_what_is_printed(visit):
    page = visit()
    assert page.locator("#print").text_content() == "打印整本"
    page.fill("#search", "锐峰")
    assert page.locator("#print").text_content() == "打印所列"
    page.emulate_media(media="print")
    expect(page.locator("#paper .leaf")).to_have_count(1)


# ---- Every screen, every text


@pytest.mark.parametrize("name", ["zh", "en", "hostile"])
def test_a_phone_never_scrolls_sideways(visit, name):
    page = visit(name, viewport=PHONE, is_mobile=True, has_touch=True)
    assert page.evaluate(FITS)
    for view in ("grid", "marks", "unmet", "changes", "parties"):
        page.click(f"[data-view={view}]")
        assert page.evaluate(FITS), view
    page.click("[data-view=grid]")
    page.select_option("#slot", "")
    assert page.evaluate(FITS)
    content = build_hostile() if name == "hostile" else DAY
    for party in content.parties.values():
        page.evaluate("id => { location.hash = encodeURIComponent(id); }", party.id)
        expect(page.locator("#party h2")).to_have_text(party.name)
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        assert page.evaluate(FITS), party.id


def test_a_phone_shows_one_slot_at_a_time_with_its_marks(visit):
    page = visit(viewport=PHONE, is_mobile=True, has_touch=True)
    page.locator("[data-view=grid]").tap()
    expect(page.locator("#grid .seat")).to_have_count(4)
    page.locator("#grid [data-value=held]").first.tap()
    heights = page.locator("#grid .marking button").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 40
    page.reload()
    page.locator("[data-view=grid]").tap()
    assert pressed(marking(page), "held")


@pytest.mark.parametrize(
    ("now", "label"),
    [
        ("2026-11-20T09:25:00", "09:20–09:40"),
        ("2026-11-20T08:00:00", "09:00–09:20"),
        ("2026-11-20T23:00:00", "09:00–09:20"),
        ("2026-11-19T09:25:00", "09:00–09:20"),
    ],
)
def test_a_phone_opens_the_grid_at_the_slot_that_is_running(visit, now, label):
    fixed = f"""const Real = Date; Date = class extends Real {{
        constructor(...given) {{ super(...(given.length ? given : ["{now}"])); }} }};"""
    page = visit(viewport=PHONE, before=fixed)
    page.click("[data-view=grid]")
    expect(page.locator("#slot option:checked")).to_have_text(label)


def test_hostile_texts_are_shown_and_do_nothing(visit, tmp_path):
    page = visit("hostile")
    content = build_hostile()
    assert names(page) == [party.name for party in content.parties.values()]
    assert page.locator("header h1").text_content() == SCRIPT
    expect(page.locator("img, iframe, object, body script:not([type])")).to_have_count(0)
    expect(page.locator("script")).to_have_count(2)
    page.click(f"{ROWS} >> nth=0 >> a")
    expect(page.locator("#party h2")).to_have_text(SCRIPT)
    assert SCRIPT in page.locator(".questions").first.text_content()
    marking(page).locator("textarea").fill(IMAGE)
    page.click("#back")
    page.click("[data-view=changes]")
    assert SCRIPT in page.locator("#view-changes").text_content()
    file = export(page, tmp_path)[1]
    assert file["event_id"] == content.timetable.occasion.id
    assert file["marks"][0]["comment"] == IMAGE
    page.emulate_media(media="print")
    expect(page.locator("img")).to_have_count(0)


def test_every_control_has_a_name_and_headings_are_in_order(visit):
    page = visit()
    nameless = """() => [...document.querySelectorAll('button, input, select, textarea, a[href]')].filter((node) =>
        !(node.textContent.trim() || node.getAttribute('aria-label') || node.labels?.length)).map((n) => n.outerHTML)"""
    levels = (
        "[...document.querySelectorAll('h1, h2, h3, h4')].filter((n) => n.checkVisibility()).map((n) => +n.tagName[1])"
    )
    for view in ("parties", "grid", "marks", "unmet", "changes"):
        page.click(f"[data-view={view}]")
        assert page.evaluate(nameless) == []
    page.evaluate("location.hash = 'E-1'")
    expect(page.locator("#party h2")).to_be_visible()
    assert page.evaluate(nameless) == []
    found = page.evaluate(levels)
    assert found[0] == 1
    assert all(after - before <= 1 for before, after in zip(found, found[1:], strict=False))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(visit, scheme):
    page = visit(color_scheme=scheme)
    page.click("[data-view=marks]")
    for row, value in enumerate(("held", "cut_short", "missed", "again")):
        marking(page, row).locator(f"[data-value={value}]").click()
    for view in ("parties", "grid", "marks", "unmet", "changes"):
        page.click(f"[data-view={view}]")
        ratios = page.evaluate(CONTRAST)
        assert ratios
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}, view
    page.evaluate("location.hash = 'E-1'")
    expect(page.locator("#party h2")).to_be_visible()
    page.locator(".chips button").first.click()
    assert {text: ratio for text, ratio in page.evaluate(CONTRAST) if ratio < 4.5} == {}


def test_the_keyboard_alone_marks_a_meeting(visit):
    page = visit(fragment="#E-1")
    marking(page).locator("[data-value=held]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert pressed(marking(page), "cut_short")
    page.keyboard.press("Escape")
    expect(page.locator("#parties")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == DAY.name_party("E-1")


def test_long_lists_are_drawn_as_they_are_looked_at(visit):
    page = visit("large")
    assert page.locator(ROWS).count() < 100
    page.click("[data-view=marks]")
    assert page.locator("#marks > li").count() < 100
    page.click("[data-view=grid]")
    expect(page.locator(".grid td[data-meeting]")).to_have_count(800)
    page.click("[data-view=parties]")
    page.fill("#search", "（199）")
    expect(page.locator(ROWS)).to_have_count(1)


def test_english_words_fill_the_english_book(visit):
    page = visit("en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#tabs button").first.text_content() == "Find"
    assert "Friday, 20 November 2026" in page.locator("header").text_content()
    page.evaluate("location.hash = 'E-1'")
    expect(page.locator(".meeting").first).to_contain_text("Why they meet")
