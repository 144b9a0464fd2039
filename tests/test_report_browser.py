"""The page as a person uses it: opened from a file, in Chromium, with hostile texts in it."""

import re

import pytest
from playwright.sync_api import expect
from report_content import ACHIEVEMENTS, END, IMAGE, LONG_WORD, NEEDS, ODD_ID, SCRIPT, build_content, build_large

from matchmaker.report import write_page

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ROWS = "#needs > li"
# Playwright's `wait_for_function` polls through eval, which the page's policy forbids; locators and `expect` do not.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {
        "zh": write_page(build_content(), folder / "report.html"),
        "en": write_page(build_content("en"), folder / "report_en.html"),
        "large": write_page(build_large(needs=300, achievements=200, matches=5), folder / "large.html"),
    }


@pytest.fixture
def visit(browser, files):
    """Open a page; when the test ends, no request, dialog, error or policy violation may have happened."""
    contexts, troubles = [], []

    def open_page(name="zh", viewport=DESKTOP, fragment="", **options):
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        address = files[name].as_uri()
        page.on("request", lambda request: request.url.split("#")[0] == address or troubles.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def starts_with(text):
    return re.compile("^" + re.escape(text))


def titles(page):
    return page.locator(f"{ROWS} h3").all_text_contents()


def marked(page, within, term=None):
    """Return the marked words inside an element, of one term if given."""
    found = page.locator(f"{within} mark[data-terms]")
    if term is not None:
        found = page.locator(f"{within} mark[data-terms~='{term}']")
    return found.all_text_contents()


def test_the_overview_counts_and_every_need_is_listed(visit):
    page = visit()
    assert page.locator("#tiles b").all_text_contents() == ["8", "12", "15", "6", "2", "2"]
    assert titles(page) == [need.title for need in NEEDS]
    assert page.locator(ROWS).first.locator(".best h4").text_content() == ACHIEVEMENTS[0].title
    assert page.locator(ROWS).first.locator(".chance b").text_content() == "91%"
    bar = page.locator(ROWS).first.locator(".chance rect.strong")
    assert float(bar.get_attribute("width")) == pytest.approx(91)


def test_search_narrows_and_marks_what_it_found(visit):
    page = visit()
    page.fill("#search", "海参 渤海")
    assert titles(page) == ["夏天海参化皮"]
    assert "1" in page.locator("#found").text_content()
    assert set(page.locator(f"{ROWS} mark").all_text_contents()) == {"海参", "渤海"}
    page.fill("#search", "LIFSI")
    assert titles(page) == ["冬天电池没电，求低温电解液"]
    page.fill("#search", "朔翼 海参")
    assert titles(page) == []
    expect(page.locator("#nothing")).to_be_visible()
    page.click("#reset")
    expect(page.locator(ROWS)).to_have_count(len(NEEDS))


def test_search_shows_the_match_that_holds_the_word(visit):
    page = visit()
    page.fill("#search", "条形码")
    row = page.locator(ROWS).first
    assert row.locator(".best h4").text_content() == "海参 DNA 条形码鉴定"
    assert row.locator(".best").text_content().startswith("第 2 名")
    row.get_by_role("link").click()
    assert "海参 DNA 条形码鉴定" in page.locator(".match h3 button[aria-expanded=true]").text_content()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("field", "高端装备", ["编号古怪的需求", "射线底片没人会看"]),
        ("district", "甘井子区", ["冬天电池没电，求低温电解液"]),
        ("institution", "渤海海洋大学", ["夏天海参化皮"]),
    ],
)
def test_filters_narrow(visit, name, value, expected):
    page = visit()
    page.select_option(f"[name={name}]", value)
    assert titles(page) == expected


def test_filters_for_gaps_and_probability_narrow(visit):
    page = visit()
    page.locator("[name=status][value=gaps]").check(force=True)
    assert titles(page) == [NEEDS[2].title, "只有一个题目的需求"]
    page.locator("[name=status][value=suitable]").check(force=True)
    page.locator("[name=minimum]").fill("90")
    assert titles(page) == ["冬天电池没电，求低温电解液", "夏天海参化皮", LONG_WORD]
    page.select_option("[name=order]", "probability")
    assert titles(page) == [LONG_WORD, "夏天海参化皮", "冬天电池没电，求低温电解液"]


def test_a_bar_of_the_overview_filters_by_its_field(visit):
    page = visit()
    bar = page.locator("#field-chart button[data-name='海洋经济']")
    bar.click()
    assert titles(page) == ["夏天海参化皮"]
    assert bar.get_attribute("aria-pressed") == "true"
    bar.click()
    assert len(titles(page)) == len(NEEDS)


def test_opening_a_need_marks_the_same_words_in_both_texts(visit):
    page = visit()
    page.get_by_role("link", name="冬天电池没电，求低温电解液").click()
    expect(page.locator(".match")).to_have_count(3)
    assert page.locator(".chips button").all_text_contents() == ["锂离子电池电解液", "电解液", "−40 ℃"]
    # Both texts begin with characters outside the basic plane or next to it: offsets must still fit.
    assert marked(page, "#left .text") == ["锂离子电池", "电解液", "−40 ℃", "电解液"]
    assert marked(page, ".body > .text") == ["锂离子电池", "电解液", "−40 ℃", "电解液"]
    assert marked(page, "#left h2") == ["电解液"]
    assert marked(page, ".match .name") == ["锂离子电池", "电解液"]
    colours = [
        page.locator(f"{side} mark[data-terms='2']").get_attribute("class") for side in ("#left", ".body > .text")
    ]
    assert colours == ["t2", "t2"]
    assert page.locator(".match").first.locator(".reasons li").first.text_content() == "领域一致"
    facts = page.locator(".body .facts").text_content()
    for shown in ("北海化学物理研究所", "中试", "技术许可、合作开发", "120", "沈知白", "0411-0000-0000"):
        assert shown in facts


def test_pointing_at_a_term_lights_it_on_both_sides(visit):
    page = visit(fragment="#N-0001")
    page.locator(".body > .text mark[data-terms='2']").hover()
    assert page.locator("#left mark.lit").all_text_contents() == ["−40 ℃"]
    page.locator(".rank").first.hover()
    expect(page.locator("mark.lit")).to_have_count(0)
    page.locator(".chips button").nth(1).hover()
    assert {mark.get_attribute("class") for mark in page.locator("mark.lit").all()} == {"t1 lit"}
    chip = page.locator(".chips button").first
    chip.click()
    page.locator(".rank").first.hover()
    assert chip.get_attribute("aria-pressed") == "true"
    assert page.locator("#left mark.lit").all_text_contents() == ["锂离子电池", "电解液"]
    chip.click()
    page.locator(".rank").first.hover()
    expect(page.locator("mark.lit")).to_have_count(0)


def test_the_parts_of_the_score_are_drawn_and_add_up(visit):
    page = visit(fragment="#N-0001")
    numbers = [float(text.replace("−", "-")) for text in page.locator(".why b").all_text_contents()]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.011)
    assert page.locator(".why li span").first.text_content() == "起点"
    assert "语义相近" in page.locator(".why").text_content()


def test_only_one_match_is_open_and_the_need_shows_its_evidence(visit):
    page = visit(fragment="#N-0004")
    page.locator(".match h3 button").nth(1).click()
    expect(page.locator(".body")).to_have_count(1)
    assert page.locator(".match h3 button[aria-expanded=true]").text_content().startswith("2")
    assert set(marked(page, "#left .text")) == {"海参"}
    page.locator(".match h3 button").nth(1).click()
    expect(page.locator(".body")).to_have_count(0)
    assert marked(page, "#left") == []


def test_spans_outside_the_text_do_no_harm(visit):
    page = visit(fragment="#N-0001")
    page.locator(".match h3 button").nth(1).click()
    assert marked(page, "#left h2") == ["冬天"]
    assert marked(page, ".body > .text") == ["😀" * 20]


def test_hostile_text_stays_text(visit):
    page = visit(fragment="#N-0002")
    assert page.locator("#left h2").text_content() == SCRIPT
    assert page.locator("#left .text").text_content() == IMAGE + END + SCRIPT
    assert page.locator(".body > .text").text_content() == IMAGE + END
    assert page.locator("header h1").text_content() == build_content().title
    assert IMAGE in page.locator(".body .facts").text_content()
    expect(page.locator("img, iframe, object, body script:not([type])")).to_have_count(0)
    expect(page.locator("script")).to_have_count(2)
    page.keyboard.press("Escape")
    page.fill("#search", "<script>")
    assert titles(page)[0] == SCRIPT
    page.click("[data-view=rejected]")
    assert page.locator("#view-rejected td").all_text_contents()[4] == f"N-0017,,{SCRIPT}"
    page.click("[data-view=notes]")
    assert IMAGE in page.locator("#view-notes").text_content()


def test_every_need_shows_its_texts_exactly(visit):
    page = visit()
    for need in NEEDS:
        page.evaluate("id => { location.hash = encodeURIComponent(id); }", need.id)
        expect(page).to_have_title(starts_with(need.id))
        assert page.locator("#left h2").text_content() == need.title
        if need.description:
            assert page.locator("#left .text").first.text_content() == need.description


def test_an_address_opens_its_need_and_back_returns_to_the_list(visit):
    page = visit()
    page.locator(f"{ROWS} h3 a").nth(5).click()
    assert page.locator("#left h2").text_content() == "编号古怪的需求"
    address = page.url
    page.go_back()
    expect(page.locator("#needs")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "编号古怪的需求"
    other = visit(fragment="#" + address.split("#")[1])
    assert ODD_ID in other.locator("#left").text_content()
    for nonsense in ("#N-9999", "#%E0%A4%A", "#needs"):
        expect(visit(fragment=nonsense).locator("#needs")).to_be_visible()


def test_keys_search_move_open_and_close(visit):
    page = visit()
    page.keyboard.press("/")
    page.keyboard.type("底片")
    assert titles(page) == ["射线底片没人会看"]
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == NEEDS[1].title
    page.keyboard.press("Enter")
    page.wait_for_selector("#left h2")
    assert page.locator("#left h2").text_content() == NEEDS[1].title
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.locator(".match h3 button").nth(1).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(starts_with("N-0003"))
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.go_back()
    expect(page).to_have_title(starts_with("N-0003"))
    page.keyboard.press("Escape")
    page.wait_for_selector("#needs", state="visible")
    assert page.evaluate("document.activeElement.textContent") == NEEDS[2].title


def test_gaps_rows_set_aside_and_notes_have_their_views(visit):
    page = visit()
    page.click("[data-view=gaps]")
    assert page.locator("#view-gaps h3").all_text_contents() == ['=HYPERLINK("http://x","y")', "只有一个题目的需求"]
    expect(page.locator("#needs")).to_be_hidden()
    page.click("[data-view=rejected]")
    expect(page.locator("#view-rejected tbody tr")).to_have_count(2)
    assert "没有需求名称" in page.locator("#view-rejected").text_content()
    page.click("[data-view=notes]")
    assert "80%" in page.locator("#view-notes").text_content()
    assert "每条需求列出" in page.locator("#view-notes").text_content()


def test_long_lists_are_drawn_as_they_are_looked_at(visit):
    page = visit("large")
    assert page.locator(ROWS).count() < 100
    page.fill("#search", "N-00299")
    expect(page.locator(ROWS)).to_have_count(1)
    page.fill("#search", "")
    for drawn in range(30, 300, 30):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(ROWS).nth(drawn)).to_be_attached()
    expect(page.locator(ROWS)).to_have_count(300)


def test_paper_carries_every_need_listed_with_underlined_evidence_and_no_controls(visit):
    page = visit()
    page.fill("#search", "电池")
    listed = len(titles(page))
    page.emulate_media(media="print")
    page.wait_for_selector(".leaf")
    assert page.locator(".leaf").count() == listed == 1
    for control in ("#filters", "#tabs", "#larger", "#needs", "#tiles"):
        expect(page.locator(control)).to_be_hidden()
    decoration = "node => getComputedStyle(node).textDecorationLine"
    assert page.locator(".leaf .offer mark").first.evaluate(decoration) == "underline"
    # The suitable match in full, the others in a line each.
    expect(page.locator(".leaf .offer")).to_have_count(1)
    expect(page.locator(".leaf .short")).to_have_count(2)
    page.emulate_media(media="screen")
    page.wait_for_selector(".leaf", state="detached")
    expect(page.locator("#filters")).to_be_visible()


def test_pdf_breaks_pages_between_needs_and_prints_the_opened_one_alone(visit):
    page = visit()
    everything = page.pdf(format="A4")
    assert count_pages(everything) >= len(NEEDS)
    page.evaluate("location.hash = 'N-0008'")
    page.wait_for_selector(".body")
    assert 1 <= count_pages(page.pdf(format="A4")) <= 2
    page.wait_for_selector(".leaf", state="detached")
    expect(page.locator("#left")).to_be_visible()


def count_pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_views_that_are_no_list_of_needs_print_as_they_stand(visit):
    page = visit()
    page.click("[data-view=rejected]")
    page.emulate_media(media="print")
    expect(page.locator("#view-rejected")).to_be_visible()
    expect(page.locator(".leaf")).to_have_count(0)


@pytest.mark.parametrize("name", ["zh", "en"])
def test_a_phone_never_scrolls_sideways(visit, name):
    page = visit(name, viewport=PHONE, is_mobile=True, has_touch=True)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert page.evaluate(fits)
    for view in ("gaps", "rejected", "notes", "needs"):
        page.click(f"[data-view={view}]")
        assert page.evaluate(fits), view
    for need in NEEDS:
        page.evaluate("id => { location.hash = encodeURIComponent(id); }", need.id)
        expect(page).to_have_title(starts_with(need.id))
        assert page.evaluate(fits), need.id


def test_a_phone_shows_both_texts_in_the_opened_match_and_a_tap_lights_both(visit):
    page = visit(viewport=PHONE, is_mobile=True, has_touch=True, fragment="#N-0001")
    expect(page.locator(".body .echo")).to_be_visible()
    page.locator(".chips button").nth(2).tap()
    assert page.locator(".echo mark.lit").all_text_contents() == ["−40 ℃"]
    assert page.locator(".body > .text mark.lit").all_text_contents() == ["−40 ℃"]


def test_every_control_has_a_name_and_headings_are_in_order(visit):
    page = visit(fragment="#N-0001")
    nameless = """() => [...document.querySelectorAll('button, input, select, a[href]')].filter((node) =>
        !(node.textContent.trim() || node.getAttribute('aria-label') || node.labels?.length)).map((n) => n.outerHTML)"""
    assert page.evaluate(nameless) == []
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].filter((n) => n.checkVisibility()).map((n) => +n.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(visit, scheme):
    page = visit(color_scheme=scheme, fragment="#N-0001")
    ratios = page.evaluate(CONTRAST)
    assert ratios
    assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}
    page.locator(".chips button").first.click()
    page.evaluate("location.hash = ''")
    page.wait_for_selector("#needs", state="visible")
    page.fill("#search", "电池")
    assert {text: ratio for text, ratio in page.evaluate(CONTRAST) if ratio < 4.5} == {}


CONTRAST = """() => {
  const read = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = read(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.checkVisibility() || node.closest("script, .hidden")) continue;
    const [a, b] = [light(read(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    seen.push([texts.currentNode.data.trim().slice(0, 20), (a + 0.05) / (b + 0.05)]);
  }
  return seen;
}"""


def test_english_words_fill_the_english_page(visit):
    page = visit("en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#tabs button").all_text_contents()[0] == "Needs"
    assert page.locator("#found").text_content() == "Showing 8 of 8 needs"
    page.evaluate("location.hash = 'N-0001'")
    page.wait_for_selector(".body")
    assert "Why this score" in page.locator(".body").text_content()
