"""The frozen records of what a text was understood to say: elements, quantities, industries, how complete a need is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from matchmaker.records import Part

ElementKind = Literal["target", "standard", "grade", "material", "method", "effect", "product", "application"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity as an interval, in a base unit, so that what one side asks can be held against the other's.

    Attributes
    ----------
    name : str
        What is measured, as written: 库仑效率, 面电阻.
    low, high : float
        The interval; an end that is open is infinite. A single value has both ends equal.
    unit : str
        Base unit: ``%``, ``°C``, ``g/s`` … Quantities of different base units are never compared.
    bound : bool
        Whether an end was stated as one (≥, 不超过, 以上, ±): a need's quantity without is how things stand today.

    Examples
    --------
    >>> Quantity("库仑效率", 98.5, 98.5, "%").within(Quantity("库仑效率", 98.0, float("inf"), "%", bound=True))
    True
    """

    name: str
    low: float
    high: float
    unit: str
    bound: bool = False

    def within(self, wanted: Quantity) -> bool:
        """Tell whether every value of this interval lies in the wanted one."""
        if math.isfinite(wanted.high) and wanted.low == -wanted.high:
            # ±0.3 asks for an error no larger: one that is "at most 0.2" keeps it too.
            return self.high <= wanted.high and (self.low >= wanted.low or math.isinf(self.low))
        return wanted.low <= self.low and self.high <= wanted.high

    def beyond(self, wanted: Quantity) -> bool:
        """Tell whether no value of this interval lies in the wanted one."""
        return self.high < wanted.low or wanted.high < self.low


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a text says, and where: ``text == clean[start:end]`` in the clean text of that part.

    Attributes
    ----------
    kind : str
        ``target`` (a quantity with its value), ``standard`` (GB/T 31602), ``grade`` (316L, PA66-GF30), ``material``,
        ``method``, ``effect`` (提高收率), ``product``, ``application`` (what stands behind 用于).
    text : str
        The words themselves.
    start, end : int
        Where they stand in the clean text.
    part : {"title", "description", "keywords"}
        Which text that is.
    name : str
        What it is about, in comparable form: the thing that an effect changes, a standard without blanks.
    quantity : Quantity or None
        The value of a target.
    """

    kind: ElementKind
    text: str
    start: int
    end: int
    part: Part = "description"
    name: str = ""
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Industry:
    """A class that a text seems to belong to.

    Attributes
    ----------
    scheme : {"field", "emerging", "division"}
        Seven key fields, strategic emerging industries of 2018, or divisions of GB/T 4754-2017.
    code, name : str
        Which class; empty where none is claimed.
    confidence : float
        Chance that it is right, from 0 to 1; of the likeliest class where none is claimed.

    Examples
    --------
    >>> str(Industry("division", "26", "化学原料和化学制品制造业", 0.91))
    'C26 化学原料和化学制品制造业'
    """

    scheme: str
    code: str = ""
    name: str = ""
    confidence: float = 0.0

    def __str__(self) -> str:
        """Return code and name as the standard writes them."""
        if self.scheme == "division" and self.code:
            return f"{_section(self.code)}{self.code} {self.name}"
        return self.name


def _section(code: str) -> str:
    """Return the letter of the section of GB/T 4754-2017 that a division stands in."""
    ends = {5: "A", 12: "B", 43: "C", 46: "D", 50: "E", 52: "F", 60: "G", 62: "H", 65: "I", 69: "J", 70: "K", 72: "L"}
    ends |= {75: "M", 79: "N", 82: "O", 83: "P", 85: "Q", 90: "R", 96: "S", 97: "T"}
    return next((letter for last, letter in ends.items() if int(code) <= last), "")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a profile says, and what it is about.

    Attributes
    ----------
    profile_id : str
    elements : tuple of Element
        Targets, standards, grades, materials, methods, effects, products and applications, by part and place.
    industries : tuple of Industry
        What is claimed, at most one each of ``field``, ``emerging`` and ``division``; inferred from the text alone.
    field : str
        The field as stated, by its common name; empty when none is.
    maturity : int
        Readiness level 1–9, or -1.
    modes, region : tuple of str
        Ways to work together; province, city, district.
    """

    profile_id: str
    elements: tuple[Element, ...] = ()
    industries: tuple[Industry, ...] = ()
    field: str = ""
    maturity: int = -1
    modes: tuple[str, ...] = ()
    region: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedCheck:
    """How complete the text of a need is, and what to ask the enterprise.

    Attributes
    ----------
    need_id : str
    completeness : int
        0 to 100: the weights of what is present, added up (`matchmaker.text.needcheck.WEIGHTS`).
    present, missing : tuple of str
        Names of aspects: ``symptom``, ``targets``, ``object``, ``scene``, ``scale``, ``limits``, ``budget``,
        ``deadline``, ``mode``, ``maturity``, ``acceptance``; the weightiest first.
    vague : tuple of str
        Words that promise without saying how much, as written: 高性能, 低成本.
    questions : tuple of str
        What to ask, the most useful first.
    """

    need_id: str
    completeness: int
    present: tuple[str, ...]
    missing: tuple[str, ...]
    vague: tuple[str, ...]
    questions: tuple[str, ...]
