"""Figures: every sign has a glyph, of the font that the package brings, and nothing of Matplotlib's is changed."""

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text
from pylopdf_fonts_zh_cn import sans_path

from matchmaker.errors import MissingExtraError, SettingError, TableError
from matchmaker.evaluation import (
    compare,
    contrast,
    evaluate_scores,
    join_judgments,
    measure_abstention,
    measure_exposure,
    measure_learning,
    measure_reliability,
)
from matchmaker.evaluation import plots as module
from matchmaker.evaluation.captions import CAPTIONS, WIDEST, fold
from matchmaker.evaluation.figures import load_font
from matchmaker.evaluation.plots import (
    plot_abstention,
    plot_differences,
    plot_exposure,
    plot_learning_curve,
    plot_reliability,
    plot_scores,
)
from matchmaker.evaluation.wording import METRICS, WORDS, measure_width, name_metric
from matchmaker.records import Judgment, Match

RNG = np.random.default_rng(0)
HOMES = {
    "A1": "鑫淼海洋大学",
    "A2": "国家海洋环境监测与生态环境保护研究院（渤海湾）犇牛分院",
    "A3": "钛镓铌新材料中试基地",
    "A4": "Institute of Dyes & Pigments",
}
MATCHES = [
    Match(f"N{need}", f"A{name}", rank, -rank, float(RNG.random()))
    for need in range(25)
    for rank, name in enumerate(RNG.permutation([1, 2, 3]), 1)
]
JUDGMENTS = [Judgment(one.need_id, one.achievement_id, int(RNG.integers(1, 5))) for one in MATCHES]
PAIRS = join_judgments(MATCHES, JUDGMENTS)


def contrast_scores():
    needs, grades = np.repeat(np.arange(30), 4), np.tile([1, 2, 3, 4], 30)
    noise = np.random.default_rng(3).normal(size=(2, 120))
    return contrast(*(evaluate_scores(needs, grades, scores, resamples=2) for scores in (noise[0], grades + noise[1])))


def draw(kind, lang):
    """Return a figure of each kind, in the language of what it shows."""
    measured = {
        "reliability": lambda: plot_reliability(
            measure_reliability(PAIRS["need_id"], PAIRS["grade"], PAIRS["probability"], lang=lang, resamples=50)
        ),
        "abstention": lambda: plot_abstention(measure_abstention(MATCHES, JUDGMENTS, lang=lang, resamples=50)),
        "exposure": lambda: plot_exposure(measure_exposure(MATCHES, HOMES, lang=lang, resamples=50)),
        "learning": lambda: plot_learning_curve(
            measure_learning(
                lambda train, test: np.arange(len(test)) % 7 * len(train),
                PAIRS["need_id"].tolist(),
                PAIRS["grade"],
                sizes=[10, 30],
                resamples=50,
                lang=lang,
            )
        ),
        "differences": lambda: plot_differences(contrast_scores(), lang=lang),
        "scores": lambda: plot_scores(PAIRS, lang=lang),
    }
    return measured[kind]()


KINDS = ["reliability", "abstention", "exposure", "learning", "differences", "scores"]
every_figure = pytest.mark.parametrize(("kind", "lang"), [(kind, lang) for kind in KINDS for lang in ("zh", "en")])


@every_figure
def test_every_sign_has_a_glyph_of_the_font_that_is_brought(kind, lang):
    before = dict(matplotlib.rcParams)
    figure = draw(kind, lang)
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    figure.savefig(file, dpi=60)  # a glyph that is missing is a warning, and so an error
    assert file.getvalue().startswith(b"\x89PNG")
    glyphs = get_font(str(sans_path())).get_charmap()
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    assert len(texts) > 8
    for text in texts:
        assert findfont(text.get_fontproperties()) == str(sans_path()), text
        assert all(ord(sign) in glyphs for sign in text.get_text() if sign != "\n"), text
    assert any(ord(sign) > 0x2E80 for text in texts for sign in text.get_text()) == (lang == "zh" or kind == "exposure")
    assert dict(matplotlib.rcParams) == before


@every_figure
def test_no_text_lies_on_another_or_outside(kind, lang):
    figure = draw(kind, lang)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    whole = figure.bbox
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    # ticks beyond the ends of an axis keep their texts, but are not drawn
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden = {tick.label1.get_text() for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
            shown = {tick.label1.get_text() for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high}
            boxes = [(text, box) for text, box in boxes if text not in hidden - shown]
    for text, box in boxes:
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= whole.x1 + 1 and box.y1 <= whole.y1 + 1, text
    for number, (text, box) in enumerate(boxes):
        for other, second in boxes[number + 1 :]:
            overlap = min(box.x1, second.x1) - max(box.x0, second.x0), min(box.y1, second.y1) - max(box.y0, second.y0)
            assert min(overlap) < 2, (text, other)


def test_the_font_has_every_sign_of_the_captions_and_metrics():
    glyphs = get_font(str(sans_path())).get_charmap()
    for words in (CAPTIONS, METRICS, WORDS):
        for entry in words.values():
            assert set(entry) == {"zh", "en"}
            assert all(ord(sign) in glyphs for text in entry.values() for sign in text if sign != "\n")


def test_figures_show_the_numbers_they_are_given():
    exposure = measure_exposure(MATCHES, HOMES, resamples=50)
    axes = plot_exposure(exposure).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [one.exposure_share for one in exposure.institutions]
    assert [label.get_text().replace("\n", "") for label in axes.get_yticklabels()] == [
        one.institution for one in exposure.institutions
    ]
    few = plot_exposure(exposure, top=2)
    assert len(few.axes[0].patches) == 2 and "first 2 of 4" in few.axes[0].get_title(loc="left")

    reliability = measure_reliability(PAIRS["need_id"], PAIRS["grade"], PAIRS["probability"], resamples=50)
    line = plot_reliability(reliability, lang="zh").axes[0].lines[1]
    assert line.get_ydata().tolist() == [one.observed for one in reliability.bins]

    found = contrast_scores()
    by_contrast, by_list = plot_differences(found), plot_differences(found.comparisons[:2])
    assert len(by_contrast.axes[0].get_yticks()) == len(found.comparisons) and len(by_list.axes[0].get_yticks()) == 2
    assert by_contrast.axes[0].get_xlabel() == "difference: B minus A"

    panels = plot_scores(PAIRS, column="score").axes
    assert len(panels) == PAIRS["grade"].nunique() and "grade 4" in panels[0].get_ylabel()
    assert sum(bar.get_height() for bar in panels[0].patches) == pytest.approx(1)


def test_one_value_and_one_need_can_be_drawn():
    same = PAIRS.assign(score=1.0, grade=3)
    plot_scores(same, column="score").savefig(io.BytesIO())
    one = measure_exposure(MATCHES[:1], HOMES)
    plot_exposure(one).savefig(io.BytesIO())
    thin = evaluate_scores(["N", "N"], [1, 3], [0, 1])
    plot_differences([compare(thin, thin)]).savefig(io.BytesIO())
    plot_reliability(measure_reliability(["N"], [3], [0.4])).savefig(io.BytesIO())


def test_long_labels_are_folded():
    name = HOMES["A2"]
    assert "\n" in fold(name) and fold(name).replace("\n", "") == name
    assert all(measure_width(line) <= WIDEST for line in fold(name).split("\n"))
    assert fold("短") == "短" and fold("") == ""
    assert all("\n" not in fold(name_metric(f"{stem}10" if stem[-1] in "@=" else stem, "zh")) for stem in METRICS)


def test_what_cannot_be_drawn_says_what_to_do():
    with pytest.raises(TableError, match="no comparison to draw"):
        plot_differences([])
    with pytest.raises(TableError, match="none of the 75 pairs has a probability"):
        plot_scores(PAIRS.assign(probability=np.nan))
    with pytest.raises(SettingError, match="column='rank'"):
        plot_scores(PAIRS, column="rank")
    with pytest.raises(SettingError, match="lang='fr'"):
        plot_scores(PAIRS, lang="fr")
    with pytest.raises(SettingError, match="top=0"):
        plot_exposure(measure_exposure(MATCHES, HOMES, resamples=2), top=0)


@pytest.mark.parametrize("missing", ["matplotlib.font_manager", "pylopdf_fonts_zh_cn"])
def test_without_the_extra_an_error_names_it(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'matchmaker\[plot\]'"):
        load_font()
    with pytest.raises(MissingExtraError):
        plot_scores(PAIRS)


def test_importing_the_kit_loads_no_matplotlib_and_changes_no_setting():
    code = (
        "import sys, matchmaker.evaluation, matchmaker.evaluation.plots;"
        "print([name for name in ('matplotlib', 'pylopdf_fonts_zh_cn') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_colours_differ_in_brightness():
    colours = [matplotlib.colors.to_rgb(colour) for colour in (module.BLUE, module.ORANGE, module.GREY)]
    brightness = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in colours)
    assert min(np.diff(brightness)) > 0.03
