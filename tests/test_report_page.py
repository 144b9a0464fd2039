import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_content import ACHIEVEMENTS, NEEDS, SCRIPT, build_content

from matchmaker.records import Profile
from matchmaker.report import render_page, write_page
from matchmaker.report.document import embed_json
from matchmaker.report.page import collect_data
from matchmaker.report.wording import words_for

SOURCES = ("page.html.jinja", "base.css", "page.css", "elements.js", "need.js", "page.js")


def read_source(name):
    return resources.files("matchmaker.report").joinpath(name).read_text(encoding="utf-8")


class Page(HTMLParser):
    """The elements of a page, and the text inside its style and script elements."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.inline, self._open = [], [], None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = (tag, dict(attrs)) if tag in ("script", "style", "title") else None

    def handle_data(self, text):
        if self._open:
            self.inline.append((*self._open, text))

    def handle_endtag(self, tag):
        self._open = None

    @property
    def policy(self):
        (value,) = [e["content"] for tag, e in self.elements if e.get("http-equiv") == "Content-Security-Policy"]
        return dict(piece.split(" ", 1) for piece in value.split("; "))

    def text_of(self, tag, kind=None):
        return "".join(text for name, e, text in self.inline if name == tag and e.get("type") == kind)


@pytest.fixture(scope="module")
def html():
    return render_page(build_content())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_policy_names_the_hashes_of_the_only_style_and_script(page):
    def name(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    assert page.policy["default-src"] == "'none'"
    assert page.policy["img-src"] == "data:"
    assert page.policy["style-src"] == name(page.text_of("style"))
    assert page.policy["script-src"] == name(page.text_of("script", "module"))
    assert [e.get("type") for tag, e in page.elements if tag == "script"] == ["application/json", "module"]


def test_the_page_names_no_other_file_and_carries_no_inline_handler(page):
    for tag, attributes in page.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style", "action")
        ]
        assert attributes.get("href", "#").startswith(("#", "data:,")), tag


def test_the_sources_never_turn_text_into_markup_and_ask_nothing_of_the_network():
    for name in SOURCES:
        source = read_source(name)
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
            assert word not in source, (name, word)
        hosts = re.findall(r"https?://[\w.]+", source)
        assert set(hosts) <= {"http://www.w3.org"}, name  # the name of the SVG namespace, never fetched
        assert "url(" not in source
        assert "@import" not in source


def test_the_embedded_data_survive_every_hostile_text(page):
    data = json.loads(page.text_of("script", "application/json"))
    needs = {need["id"]: need for need in data["needs"]}
    assert list(needs) == [need.id for need in NEEDS]
    for need in NEEDS:
        assert needs[need.id]["title"] == need.title
        assert needs[need.id].get("description", "") == need.description
    assert data["title"] == build_content().title
    assert page.text_of("title") == build_content().title
    assert SCRIPT not in page.text_of("script", "application/json")


@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists, max_leaves=5))
def test_embedded_json_reads_back_and_cannot_leave_its_element(value):
    text = embed_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_profiles_are_stored_once_and_only_those_that_some_need_lists():
    data = collect_data(build_content())
    shown = [achievement["id"] for achievement in data["achievements"]]
    assert sorted(shown) == sorted({profile.id for profile in ACHIEVEMENTS} - {"A-0012"})
    assert data["registered"] == len(ACHIEVEMENTS)
    seventh = next(a for a in data["achievements"] if a["id"] == 'A "7" & <i>')
    assert [data["needs"][row]["id"] for row in seventh["wanted_by"]] == [NEEDS[5].id]


def test_marks_point_at_the_words_that_the_spans_named():
    data = collect_data(build_content())
    (match,) = data["needs"][7]["matches"]
    for side, profile in (("need", data["needs"][7]), ("achievement", data["achievements"][match["achievement"]])):
        units = profile["description"].encode("utf-16-le")
        pieces = [
            (units[2 * start : 2 * end].decode("utf-16-le"), [match["terms"][term] for term in terms])
            for start, end, *terms in match[f"{side}_marks"]["description"]
        ]
        assert pieces == [("底片", ["底片缺陷识别", "底片"]), ("缺陷识别", ["底片缺陷识别"])], side


def test_the_parts_of_a_score_add_up_to_it():
    content = build_content()
    for need, shortlist in zip(collect_data(content)["needs"], [list(s) for _, s in content.pairs()], strict=True):
        for drawn, match in zip(need["matches"], shortlist, strict=True):
            count, rest = drawn["rest"]
            assert drawn["base"] + sum(added for _, added in drawn["parts"]) + rest == pytest.approx(
                match.score, abs=1e-4
            )
            assert len(drawn["parts"]) + count == sum(part.contribution != 0 for part in match.evidence.terms)


def test_features_are_called_what_the_content_calls_them():
    features = collect_data(build_content())["features"]
    assert "语义相近" in features
    assert "field" in features


def test_the_same_content_gives_the_same_bytes_in_utf_8(tmp_path, html):
    path = write_page(build_content(), tmp_path / "report.html")
    assert path.read_bytes() == html.encode("utf-8")


def test_half_of_a_surrogate_pair_does_not_stop_the_page(tmp_path):
    need = Profile(id="N-1", kind="need", title="坏字\ud83d", description="\udc00")
    text = write_page(build_content(needs=[need], shortlists=[]), tmp_path / "report.html").read_text(encoding="utf-8")
    data = json.loads(Page(text).text_of("script", "application/json"))
    assert data["needs"][0]["title"] == "坏字\ud83d"


@pytest.mark.parametrize(("lang", "tag", "word"), [("zh", "zh-CN", "需求清单"), ("en", "en", "Rows set aside")])
def test_the_page_speaks_both_languages(lang, tag, word):
    html = render_page(build_content(lang))
    assert f'<html lang="{tag}">' in html
    assert word in html


def test_every_word_that_the_page_asks_for_exists_and_none_is_left_over():
    sources = "\n".join(map(read_source, SOURCES))
    words = words_for("page", "zh")
    asked = set(re.findall(r"\bwords\.(\w+)", sources)) | set(re.findall(r'\bsay\("(\w+)"', sources))
    assert asked <= words.keys()
    mentioned = set(re.findall(r"\w+", sources))
    prefixed = {key for key in words if key.startswith(("tile_", "reading_")) or key.endswith("_row")}
    elsewhere = {"between_name_and_value"}  # the workbook's
    assert words.keys() - mentioned - prefixed - elsewhere == set()
