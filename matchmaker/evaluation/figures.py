"""How figures look: a font that carries Chinese, colours that the colour-blind can tell apart, and no settings changed.

Matplotlib and the font come with the extra ``matchmaker[plot]`` and are loaded when the first figure is drawn. The font
is read from its package, so the system needs none, and nothing is set for other figures of the same process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matchmaker.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), Color Universal Design: told apart with every kind of colour blindness, and in grey
BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#9A9A9A", "#333333"


def load_font() -> str:
    """Make the font known to Matplotlib and return its name.

    Raises
    ------
    MissingExtraError
        Matplotlib or the font is not installed.

    Examples
    --------
    >>> load_font()
    'Noto Sans SC'
    """
    try:
        from matplotlib.font_manager import fontManager, get_font
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError as error:
        raise MissingExtraError(
            f"figures need Matplotlib and a Chinese font ({error}): pip install 'matchmaker[plot]'"
        ) from error
    path = str(sans_path())
    if not any(known.fname == path for known in fontManager.ttflist):
        fontManager.addfont(path)
    return str(get_font(path).family_name)


@contextmanager
def drawing(width: float, height: float, rows: int = 1, **settings: Any) -> Iterator[tuple[Figure, list[Axes]]]:
    """Yield a figure and its axes, one below the other, to be filled; size in inches.

    What is drawn inside takes the font and the colours; Matplotlib's own settings are as before afterwards.

    Examples
    --------
    >>> with drawing(4, 3) as (figure, (axes,)):
    ...     line = axes.plot([0, 1], [0, 1])
    >>> figure.get_size_inches().tolist(), axes.xaxis.label.get_fontname()
    ([4.0, 3.0], 'Noto Sans SC')
    """
    name = load_font()
    import matplotlib
    from matplotlib.figure import Figure

    look: dict[Any, Any] = {
        "font.family": [name],
        "font.size": 10,
        "axes.titlesize": 12,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.grid": False,
        "legend.frameon": False,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
    }
    with matplotlib.rc_context(look):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, 1, squeeze=False, **settings)[:, 0].tolist()
        yield figure, axes
        for part in axes:
            # ticks are made anew when a figure is drawn, and would take the font that is set by then
            part.tick_params(which="both", labelfontfamily=name)


def legend_below(figure: Figure, handles: Sequence[Any], columns: int = 1) -> None:
    """Put a legend under the axes, where it hides nothing."""
    figure.legend(handles=list(handles), loc="outside lower center", ncols=columns)
