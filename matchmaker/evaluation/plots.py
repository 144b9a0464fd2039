"""Figures of what the kit measures: each takes one of its results and returns a Matplotlib ``Figure``.

Save one by ``figure.savefig("exposure.png", dpi=150)``. A notebook shows it where its first cell says
``%matplotlib inline``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.errors import TableError
from matchmaker.evaluation.abstention import Abstention
from matchmaker.evaluation.captions import CAPTIONS, fold
from matchmaker.evaluation.comparison import Comparison
from matchmaker.evaluation.contrasts import Contrast
from matchmaker.evaluation.curves import LearningCurve
from matchmaker.evaluation.exposure import Exposure
from matchmaker.evaluation.figures import BLUE, GREEN, GREY, INK, ORANGE, drawing, legend_below
from matchmaker.evaluation.reliability import Reliability
from matchmaker.evaluation.rules import Lang, check_choice, check_whole
from matchmaker.evaluation.wording import name_metric, speak

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"better": BLUE, "worse": ORANGE, "no_difference": GREY}


def _percent(axes: Axes, *, x: bool = False, y: bool = False) -> None:
    from matplotlib.ticker import PercentFormatter

    for axis, wanted in ((axes.xaxis, x), (axes.yaxis, y)):
        if wanted:
            axis.set_major_formatter(PercentFormatter(1, decimals=0))


def plot_reliability(reliability: Reliability, *, lang: Lang | None = None) -> Figure:
    """Draw a reliability diagram: what was predicted against what came true, and how many pairs stand behind it.

    Parameters
    ----------
    reliability : Reliability
        As measured.
    lang : {"zh", "en"}, optional
        Language; the result's own when left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Matplotlib or the font is not installed: ``pip install 'matchmaker[plot]'``.

    Examples
    --------
    >>> from matchmaker.evaluation import measure_reliability
    >>> figure = plot_reliability(measure_reliability(["N1", "N1", "N2"], [1, 4, 3], [0.2, 0.8, 0.6], bins=2))
    >>> figure.axes[0].get_xlabel()
    'predicted probability'
    """
    words = speak(lang, reliability.lang, CAPTIONS)[1]
    bins = reliability.bins
    x, y = ([getattr(one, name) for one in bins] for name in ("predicted", "observed"))
    with drawing(5.2, 5.8, rows=2, sharex=True, height_ratios=[4, 1]) as (figure, (curve, counts)):
        lines = curve.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label=words["ideal"])
        curve.vlines(x, [one.low for one in bins], [one.high for one in bins], color=BLUE, alpha=0.5, linewidth=2)
        lines += curve.plot(x, y, color=BLUE, marker="o", linewidth=1.5, label=words["measured"])
        curve.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), ylabel=words["came_true"])
        curve.set_title(words["reliability"].format(reliability.calibration_error.value))
        curve.set_xlabel(words["predicted"])
        edges = [(one.least, max(one.most - one.least, 0.006)) for one in bins]
        counts.bar(
            [start for start, _ in edges],
            # bins hold about equally many pairs; how dense they lie is what their width shows
            [one.pairs for one in bins],
            width=[width for _, width in edges],
            align="edge",
            color=BLUE,
            alpha=0.35,
            edgecolor="white",
        )
        counts.set(ylabel=words["pairs"], xlabel=words["spread"])
        for axes in (curve, counts):
            _percent(axes, x=True)
            axes.tick_params(labelbottom=True)
        _percent(curve, y=True)
        legend_below(figure, lines, columns=2)
    return figure


def plot_abstention(abstention: Abstention, *, lang: Lang | None = None) -> Figure:
    """Draw what each threshold costs: needs answered, answers that are wrong, gaps that are none.

    Parameters
    ----------
    abstention : Abstention
        As measured.
    lang : {"zh", "en"}, optional
        Language; the result's own when left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Matplotlib or the font is not installed.
    """
    words = speak(lang, abstention.lang, CAPTIONS)[1]
    points = abstention.points
    steps = [point.threshold for point in points]
    with drawing(6.4, 4.2) as (figure, (axes,)):
        lines = axes.plot(steps, [one.answered for one in points], color=INK, linestyle=":", label=words["answered"])
        for name, colour, marker in (("wrong", ORANGE, "o"), ("missed", BLUE, "s")):
            low, high = ([getattr(point, f"{name}_{end}") for point in points] for end in ("low", "high"))
            axes.fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
            values = [getattr(point, name) for point in points]
            lines += axes.plot(steps, values, color=colour, marker=marker, markersize=4, label=words[name])
        axes.set(xlabel=words["threshold"], ylabel=words["share"], title=words["abstention"], ylim=(-0.02, 1.02))
        _percent(axes, x=True, y=True)
        legend_below(figure, lines)
    return figure


def plot_exposure(exposure: Exposure, *, top: int = 15, lang: Lang | None = None) -> Figure:
    """Draw each institution's share of the exposure, with its interval, beside its share of the register.

    Parameters
    ----------
    exposure : Exposure
        As measured.
    top : int
        How many institutions, the most exposed ones.
    lang : {"zh", "en"}, optional
        Language; the result's own when left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Matplotlib or the font is not installed.

    Examples
    --------
    >>> from matchmaker.evaluation import measure_exposure
    >>> from matchmaker.records import Match
    >>> exposure = measure_exposure([Match("N1", "A1", 1, 0.9, 0.8)], {"A1": "滨海大学", "A2": "海洋研究所"})
    >>> [label.get_text() for label in plot_exposure(exposure).axes[0].get_yticklabels()]
    ['滨海大学', '海洋研究所']
    """
    check_whole("top", top, at_least=1)
    words = speak(lang, exposure.lang, CAPTIONS)[1]
    shown = exposure.institutions[:top]
    rows = np.arange(len(shown))
    with drawing(7.2, 1.7 + 0.36 * len(shown)) as (figure, (axes,)):
        shares = [one.exposure_share for one in shown]
        bars = axes.barh(rows, shares, height=0.6, color=BLUE, alpha=0.75, label=words["seen"])
        axes.hlines(rows, [one.low for one in shown], [one.high for one in shown], color=INK, linewidth=1.2)
        held = [one.register_share for one in shown]
        dots = axes.scatter(
            held, rows, marker="D", s=34, color=ORANGE, edgecolors="white", zorder=3, label=words["held"]
        )
        axes.set_yticks(rows, [fold(one.institution) for one in shown], linespacing=1.15)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(left=0)
        axes.set_xlabel(words["share_of_exposure"].format(exposure.k))
        hidden = len(exposure.institutions) - len(shown)
        axes.set_title(words["exposure"] + (words["top"].format(len(shown), len(shown) + hidden) if hidden else ""))
        _percent(axes, x=True)
        legend_below(figure, [bars, dots], columns=2)
    return figure


def plot_learning_curve(curve: LearningCurve, *, lang: Lang | None = None) -> Figure:
    """Draw the metric on needs kept aside against the number of judgments learned from.

    Sizes stand at equal distances, since they grow by multiples; the gain over the start is written at each.

    Parameters
    ----------
    curve : LearningCurve
        As measured.
    lang : {"zh", "en"}, optional
        Language; the result's own when left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Matplotlib or the font is not installed.
    """
    words = speak(lang, curve.lang, CAPTIONS)[1]
    points = curve.points
    places = np.arange(len(points))
    values = [point.value for point in points]
    with drawing(max(4.6, 1.6 + 1.1 * len(points)), 4) as (figure, (axes,)):
        start = axes.axhline(values[0], color=GREY, linestyle="--", linewidth=1, label=words["start"])
        axes.fill_between(
            places, [p.low for p in points], [p.high for p in points], color=BLUE, alpha=0.15, linewidth=0
        )
        lines = axes.plot(places, values, color=BLUE, marker="o", label=words["learned"])
        for place, point in enumerate(points[1:], start=1):
            axes.annotate(
                f"{point.difference:+.3f}", (place, point.value), (0, 8), textcoords="offset points", ha="center"
            )
        axes.set_xticks(places, [f"{point.judgments:,}" for point in points])
        axes.set_xlim(-0.3, len(points) - 0.7)
        axes.margins(y=0.15)
        axes.set(xlabel=words["judgments"], ylabel=name_metric(curve.metric, lang or curve.lang), title=words["curve"])
        legend_below(figure, [*lines, start], columns=2)
    return figure


def plot_differences(comparisons: Contrast | Sequence[Comparison], *, lang: Lang | None = None) -> Figure:
    """Draw the difference in each metric with its interval; what is left of 0 is worse, save for errors.

    Parameters
    ----------
    comparisons : Contrast or sequence of Comparison
        One row each, from top to bottom.
    lang : {"zh", "en"}, optional
        Language; that of the first comparison when left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TableError
        There is no comparison.
    MissingExtraError
        Matplotlib or the font is not installed.
    """
    found = comparisons.comparisons if isinstance(comparisons, Contrast) else tuple(comparisons)
    if not found:
        raise TableError("there is no comparison to draw; give at least one")
    words = speak(lang, found[0].lang, CAPTIONS)[1]
    spoken = lang or found[0].lang
    with drawing(7.2, 1.7 + 0.42 * len(found)) as (figure, (axes,)):
        axes.axvline(0, color=GREY, linewidth=1)
        for row, one in enumerate(found):
            colour = COLOURS[one.verdict]
            if not isnan(one.low):
                axes.hlines(row, one.low, one.high, color=colour, linewidth=2.2)
            filled = colour if one.verdict != "no_difference" else "white"
            axes.plot(one.difference, row, "o", color=colour, markerfacecolor=filled, markersize=7)
        axes.set_yticks(range(len(found)), [fold(name_metric(one.metric, spoken)) for one in found], linespacing=1.15)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(found) - 0.5, -0.5)
        first, second = found[0].names
        axes.set(xlabel=words["difference"].format(first, second), title=words["compared"].format(first, second))
        axes.margins(x=0.08)
        marks = []
        for verdict in ("better", "worse", "no_difference"):
            filled = COLOURS[verdict] if verdict != "no_difference" else "white"
            label = words[verdict].format(first)
            marks += axes.plot([], [], "o", color=COLOURS[verdict], markerfacecolor=filled, label=label)
        legend_below(figure, marks, columns=3)
    return figure


def plot_scores(
    pairs: pd.DataFrame, *, column: str = "probability", relevant_from: int = 3, bins: int = 20, lang: Lang = "en"
) -> Figure:
    """Draw how scores or probabilities spread for each grade, the highest grade on top.

    Parameters
    ----------
    pairs : DataFrame
        What `join_judgments` returned; rows without a value are left out.
    column : {"probability", "score"}
        What to draw.
    relevant_from : int
        The lowest grade that counts as relevant; relevant grades have another colour.
    bins : int
        How many bars.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TableError
        No pair has a value.
    SettingError
        A setting that is not allowed.
    MissingExtraError
        Matplotlib or the font is not installed.
    """
    check_choice("column", column, ("probability", "score"))
    check_whole("bins", bins, at_least=1)
    words = speak(lang, lang, CAPTIONS)[1]
    known = pairs.dropna(subset=column)
    if not len(known):
        raise TableError(f"none of the {len(pairs)} pairs has a {column}; give shortlists or scored pairs with one")
    grades = sorted(known["grade"].unique(), reverse=True)
    ends = (0.0, 1.0) if column == "probability" else (float(known[column].min()), float(known[column].max()))
    edges = np.linspace(*ends, bins + 1) if ends[1] > ends[0] else np.linspace(ends[0] - 0.5, ends[1] + 0.5, bins + 1)
    with drawing(6.4, 1.3 + 1.05 * len(grades), rows=len(grades), sharex=True) as (figure, panels):
        for axes, grade in zip(panels, grades, strict=True):
            values = known.loc[known["grade"] == grade, column].to_numpy(float)
            shares = np.histogram(values, edges)[0] / len(values)
            colour = GREEN if grade >= relevant_from else GREY
            axes.bar(edges[:-1], shares, width=np.diff(edges), align="edge", color=colour, edgecolor="white")
            axes.axvline(float(np.median(values)), color=INK, linewidth=1, linestyle="--")
            axes.set_ylabel(words["grade"].format(grade, len(values)), rotation=0, ha="right", va="center")
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
        if column == "probability":
            _percent(panels[-1], x=True)
        panels[0].set_title(words["histogram"].format(words[column]))
        panels[-1].set_xlabel(words[column])
    return figure
