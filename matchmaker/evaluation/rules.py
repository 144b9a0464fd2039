"""The rules of a measurement: what counts as relevant, how grades become gains, and which pairs are ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from matchmaker.errors import SettingError

Lang = Literal["zh", "en"]
Mode = Literal["as_retrieved", "judged_only"]
Gain = Literal["linear", "exponential"]
Unlisted = Literal["zero", "skip"]
Undefined = Literal["skip", "zero"]


def check_choice(setting: str, value: object, allowed: Iterable[str]) -> None:
    """Raise ``SettingError`` unless ``value`` is one of ``allowed``; the message lists them.

    Examples
    --------
    >>> check_choice("lang", "fr", ("zh", "en"))
    Traceback (most recent call last):
    ...
    matchmaker.errors.SettingError: lang='fr' is not known; use one of 'zh', 'en'
    """
    names = tuple(allowed)
    if value not in names:
        raise SettingError(f"{setting}={value!r} is not known; use one of {', '.join(map(repr, names))}")


def check_whole(setting: str, value: object, at_least: int | None = None) -> None:
    """Raise ``SettingError`` unless ``value`` is a whole number, no smaller than ``at_least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise SettingError(f"{setting}={value!r} is not a whole number; give an integer")
    if at_least is not None and value < at_least:
        raise SettingError(f"{setting}={value} is too small; use {at_least} or more")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a measurement was told; two measurements can be compared only when their rules are equal.

    Attributes
    ----------
    k : int
        Depth of every metric that has one.
    relevant_from : int
        The lowest grade that counts as relevant (a meeting worth having).
    gain : {"exponential", "linear"}
        How a grade becomes a gain for NDCG, see `weigh_grades`.
    lowest : int
        The lowest grade of the scale; its gain is 0.
    mode : {"as_retrieved", "judged_only"}
        ``"as_retrieved"``: the lists as they stand; a pair that nobody judged counts as not relevant.
        ``"judged_only"``: unjudged pairs are taken out first, and the judged ones close ranks (a condensed list).
    unlisted : {"zero", "skip"}
        What becomes of a judged need that has no list: it scores 0, or it is left out.
    undefined : {"skip", "zero"}
        What becomes of a need that no order could serve well, see `measure_needs`: the metrics concerned skip it, or
        count it as 0, which is how trec_eval and ir-measures do it and lowers every ranking alike.

    Raises
    ------
    SettingError
        A value is not allowed; the message lists what is.
    """

    k: int = 10
    relevant_from: int = 3
    gain: Gain = "exponential"
    lowest: int = 1
    mode: Mode = "as_retrieved"
    unlisted: Unlisted = "zero"
    undefined: Undefined = "skip"

    def __post_init__(self) -> None:
        """Check every setting."""
        check_whole("k", self.k, at_least=1)
        check_whole("relevant_from", self.relevant_from)
        check_whole("lowest", self.lowest)
        check_choice("gain", self.gain, get_args(Gain))
        check_choice("mode", self.mode, get_args(Mode))
        check_choice("unlisted", self.unlisted, get_args(Unlisted))
        check_choice("undefined", self.undefined, get_args(Undefined))
        if self.relevant_from <= self.lowest:
            raise SettingError(
                f"relevant_from={self.relevant_from} is not above lowest={self.lowest}, so every pair would be "
                f"relevant; use relevant_from={self.lowest + 1} or more, or set lowest to the lowest grade of the scale"
            )
