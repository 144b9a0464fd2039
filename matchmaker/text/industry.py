"""Which field and industry a text belongs to, and how sure that is.

Two kinds of evidence: words that a class's names and definitions use and others do not, and the nearness of the text's
vector to the class's own. Both are brought to scales that belong to the classifier's encoder, so that another encoder
needs no retraining, and turned into chances that add up to one with the chance of no class at all.

What ``training/industry_words.py`` measured with the encoder of this version, where a class is claimed (`CLAIM`): of
the 110 sample achievements that state one of the seven fields, 66 % are claimed for one and 82 % of these rightly; of
the 54 needs, 44 % and 88 %. The fields' own words were written by someone who knew the samples, so registers from
elsewhere may do worse. Of abstracts kept aside, divisions are claimed for 29 % and 77 % of these rightly, emerging
industries for 27 % and 76 %; texts of no industry are claimed for some in 7 to 15 of 100. No number was fitted to these
abstracts, but the kind of prototype was chosen by looking at all of them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from matchmaker.errors import SettingError
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import Industry

INDUSTRY = Path(__file__).parent / "industry.json"
SCHEMES = ("field", "emerging", "division")
# From this chance on a class is claimed.
CLAIM = 0.5
Settings = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to sort.

    Attributes
    ----------
    codes, names : tuple of str, length c
    abouts : tuple of tuple of str, length c
        Short texts that stand for each class when they are encoded.
    words : mapping of str to mapping of int to float
        For each word the classes that use it, by number, and how much it speaks for them.
    settings : tuple of float
        Slopes of the two kinds of evidence, and the level that no class at all has.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    abouts: tuple[tuple[str, ...], ...]
    words: Mapping[str, Mapping[int, float]]
    settings: Settings


def read_schemes(text: str) -> dict[str, Scheme]:
    """Read what ``training/industry_words.py`` wrote: ``field``, ``emerging`` and ``division``."""
    schemes = {}
    for name, content in json.loads(text).items():
        classes = content["classes"]
        words: dict[str, dict[int, float]] = {}
        for number, one in enumerate(classes):
            for word, weight in one["words"].items():
                words.setdefault(word, {})[number] = weight / 100
        first, second, third = content["settings"]
        schemes[name] = Scheme(
            tuple(one["code"] for one in classes),
            tuple(one["name"] for one in classes),
            tuple(tuple(one["abouts"]) for one in classes),
            words,
            (first, second, third),
        )
    return schemes


@dataclass(frozen=True, slots=True)
class Prototypes:
    """Classes in an encoder's space.

    Attributes
    ----------
    centre : ndarray of float32, shape (d,)
        Mean of all vectors: what every text is near to says nothing.
    vectors : ndarray of float32, shape (p, d)
        Unit vectors from the centre.
    bounds : ndarray of int, shape (c + 1,)
        Vectors ``bounds[i]`` to ``bounds[i + 1]`` are of class i.
    apart : float
        Deviation of the classes' nearness to each other: the unit in which this encoder's nearness is counted.
    """

    centre: np.ndarray
    vectors: np.ndarray
    bounds: np.ndarray
    apart: float

    @classmethod
    def of(cls, classes: Sequence[np.ndarray]) -> Prototypes:
        """Make prototypes of each class's vectors."""
        together = np.concatenate(classes)
        centre = together.mean(axis=0)
        vectors = _unit(together - centre)
        bounds = np.cumsum([0, *map(len, classes)])
        found = cls(centre, vectors, bounds, 1.0)
        near = found.near(together)
        return cls(centre, vectors, bounds, float(max(near.std(), 1e-3)))

    @property
    def _filled(self) -> np.ndarray:
        """The columns of each class, shape (c, at least 2), filled up with the one behind all."""
        widths = np.diff(self.bounds)
        places = self.bounds[:-1, None] + np.arange(max(2, int(widths.max())))
        return np.where(places < self.bounds[1:, None], places, len(self.vectors))

    def near(self, vectors: np.ndarray) -> np.ndarray:
        """Return how near texts are to each class, shape (n, c), their mean taken off: mean of the two nearest."""
        near = _unit(vectors - self.centre) @ self.vectors.T
        # One more column, that is near to nothing, fills the classes up to as many vectors each.
        near = np.column_stack([near, np.full(len(near), -np.inf, near.dtype)])
        own = np.partition(near[:, self._filled], -2, axis=2)
        second, first = own[:, :, -2], own[:, :, -1]
        together = np.where(np.isfinite(second), (first + second) / 2, first)
        level = (together - together.mean(axis=1, keepdims=True)) / self.apart
        # A text without words is near to nothing, whatever its zero vector says.
        return np.asarray(level * (np.linalg.norm(vectors, axis=1, keepdims=True) > 0))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


class Classifier:
    """Sorts texts by their words and vectors.

    Parameters
    ----------
    encoder : CachedEncoder
        Made the texts' vectors, and gives those of the classes when they are first asked for.
    schemes : mapping of str to Scheme, optional
        By default those that the package carries.
    """

    def __init__(self, encoder: CachedEncoder, schemes: Mapping[str, Scheme] | None = None) -> None:
        self.encoder = encoder
        self._given = schemes

    @cached_property
    def schemes(self) -> Mapping[str, Scheme]:
        """The ways to sort, by name."""
        return read_schemes(INDUSTRY.read_text(encoding="utf-8")) if self._given is None else self._given

    @property
    def texts(self) -> list[str]:
        """What stands for the classes when they are encoded."""
        schemes = self.schemes.values()
        return list({text: None for scheme in schemes for abouts in scheme.abouts for text in abouts})

    @cached_property
    def _prototypes(self) -> dict[str, Prototypes]:
        """Vectors of the classes of every way to sort, seen from their common centre."""
        schemes, texts = self.schemes, self.texts
        vectors = dict(zip(texts, self.encoder.encode(texts), strict=True))
        return {
            name: Prototypes.of([np.stack([vectors[text] for text in abouts]) for abouts in scheme.abouts])
            for name, scheme in schemes.items()
        }

    def classify(
        self, scheme: str, title_words: Sequence[Sequence[str]], words: Sequence[Sequence[str]], vectors: np.ndarray
    ) -> list[Industry]:
        """Return the likeliest class of each text with its confidence; an empty code where none is claimed.

        Parameters
        ----------
        scheme : {"field", "emerging", "division"}
        title_words, words : sequence of sequence of str, length n
            Words of the titles, and of the whole texts, as `Segmenter.search_words` gives them.
        vectors : ndarray of float32, shape (n, d)
            Vectors of the whole texts.

        Raises
        ------
        SettingError
            If there is no such way to sort; the message lists those there are.
        """
        known = self.scheme(scheme)
        if not words:
            return []
        chances = find_chances(*self.compare(scheme, title_words, words, vectors), known.settings)
        best = chances[:, :-1].argmax(axis=1)
        found = []
        for row, column in zip(chances, best, strict=True):
            code, name = (known.codes[column], known.names[column]) if row[column] >= CLAIM else ("", "")
            found.append(Industry(scheme, code, name, round(float(row[column]), 4)))
        return found

    def compare(
        self, scheme: str, title_words: Sequence[Sequence[str]], words: Sequence[Sequence[str]], vectors: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return both kinds of evidence, each of shape (n, c): by words, and by nearness of vectors."""
        known = self.scheme(scheme)
        dense = self._prototypes[scheme].near(vectors)
        lexical = np.zeros_like(dense, float)
        for row, (title, text) in enumerate(zip(title_words, words, strict=True)):
            # A title says what a text is about: its words count once more.
            lexical[row] = _speak(known, [*text, *title])
        return lexical, dense

    def focus(self, vectors: np.ndarray) -> np.ndarray:
        """Return how far texts lie from the middle of all divisions, 1 minus the cosine, float64, shape (n,).

        What lies near to it is about any industry, and so about none.
        """
        (centre,) = _unit(self._prototypes["division"].centre[None])
        # Row by row, so that a text has one focus whatever it is read with.
        return np.asarray(1 - np.einsum("ij,j->i", vectors, centre), np.float64)

    def scheme(self, name: str) -> Scheme:
        """Return one way to sort."""
        if name not in self.schemes:
            raise SettingError(f"scheme is {name!r}; choose one of {', '.join(self.schemes)}")
        return self.schemes[name]


def find_chances(lexical: np.ndarray, dense: np.ndarray, settings: Settings) -> np.ndarray:
    """Return chances, shape (n, c + 1), rows adding up to 1; the last column is no class at all."""
    words, nearness, nothing = settings
    levels = np.column_stack([words * lexical + nearness * dense, np.full(len(dense), nothing)])
    powers = np.exp(levels - levels.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _speak(scheme: Scheme, words: Sequence[str]) -> np.ndarray:
    """Return how much the words of a text speak for each class: a word said often says little more than once."""
    total = [0.0] * len(scheme.codes)
    weight = 1.0
    for word, count in Counter(filter(scheme.words.__contains__, words)).items():
        said = 1 + math.log(count)
        weight += said
        for number, value in scheme.words[word].items():
            total[number] += said * value
    return np.array(total) / math.sqrt(weight)
