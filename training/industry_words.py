"""Make ``matchmaker/text/industry.json``: the words by which a text's field and industry are told.

    python training/industry_words.py --data ../shared/data

Three ways to sort: the seven key fields, the nine strategic emerging industries of 2018, and the divisions of
GB/T 4754-2017 that technology is made for. For each class the file holds its name, a short text to be encoded (names of
the standard's own subclasses), and at most 120 words with weights: how often names, definitions and the NSFC tree's
names use a word, times how few classes use it. What a field consists of, and its hand-written words, stand below.

The three numbers that turn both kinds of nearness into a confidence are fitted to abstracts of the Chinese Scientific
Literature benchmark, whose disciplines are assigned to classes below; disciplines of no industry (law, history …) teach
it when to claim nothing. Every other abstract is kept aside and measured, as are the stated fields of the samples.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from corpora import DEFAULT_DATA
from industry_classes import DISCIPLINES, DIVISIONS, EMERGING, FIELDS, NSFC, Makeup
from scipy.optimize import minimize

from matchmaker import Profile, read_achievements, read_needs
from matchmaker.samples import sample_path
from matchmaker.text.cleaning import clean
from matchmaker.text.encoding import BUNDLED, BundledEncoder, open_encoder
from matchmaker.text.industry import INDUSTRY, Classifier, Settings, find_chances, read_schemes
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.tagging import tag_field
from matchmaker.text.vectors import KNOWN, CachedEncoder, write_known

MOST_WORDS = 120
MOST_NAMES = 14
BY_HAND = 6  # a word written by hand counts as often as this


class Taxonomies:
    """Names and definitions by code prefix."""

    def __init__(self, data: Path) -> None:
        with (data / "taxonomies/gbt4754_2017_with_definitions.csv").open(encoding="utf-8", newline="") as lines:
            self.standard = list(csv.DictReader(lines))
        self.groups = {row["code"] for row in self.standard if len(row["code"]) == 3}
        with (data / "taxonomies/strategic_emerging_2018.csv").open(encoding="utf-8", newline="") as lines:
            self.emerging = list(csv.DictReader(lines))
        with (data / "taxonomies/nsfc_taxonomy_2019.jl").open(encoding="utf-8") as lines:
            self.tree = [json.loads(line) for line in lines]

    def names(self, makeup: Makeup) -> list[str]:
        """Return the names of everything a class consists of, the general ones first."""
        rows = [row for row in self.standard if row["code"].startswith(makeup.standard)] if makeup.standard else []
        rows.sort(key=lambda row: (len(row["code"]), row["code"]))
        found = (
            [row["name"] for row in self.emerging if row["code"].startswith(makeup.emerging)] if makeup.emerging else []
        )
        return list(dict.fromkeys([*found, *(row["name"] for row in rows)]))

    def abouts(self, makeup: Makeup) -> list[str]:
        """Return short texts that stand for a class: its name with each group of it, and with words of its own."""
        own = [makeup.words[start : start + MOST_NAMES] for start in range(0, len(makeup.words), MOST_NAMES)]
        parts = ["、".join(words) for words in own]
        if makeup.words:
            parts += [row["name"] for row in self.emerging if row["parent"] in makeup.emerging]
        else:
            parts += [
                re.sub("制造业?$", "", row["name"])
                for row in self.standard
                if row["code"].startswith(makeup.standard) and (len(row["code"]) == 3 or self._alone(row["code"]))
            ]
        return [f"{makeup.name}：{part}" for part in parts] or [makeup.name]

    def _alone(self, code: str) -> bool:
        """Tell whether a class of four digits has no named group above it."""
        return len(code) == 4 and code[:3] not in self.groups and code.endswith("1")

    def texts(self, makeup: Makeup) -> Iterable[str]:
        """Yield all that is said of a class: names twice, definitions up to what they exclude, the tree's names."""
        for name in self.names(makeup):
            yield from (name, name)
        for row in self.standard:
            if makeup.standard and row["code"].startswith(makeup.standard):
                yield re.split("不包括|不列入|不含", row["definition"])[0]
        for row in self.tree:
            if makeup.tree and row["_id"].startswith(makeup.tree):
                yield row["name"]


def weigh(makeups: Mapping[str, Makeup], taxonomies: Taxonomies, segmenter: Segmenter) -> dict[str, dict[str, int]]:
    """Return the weights of each class's words, the heaviest 100."""
    counts: dict[str, Counter[str]] = {}
    for code, makeup in makeups.items():
        counter: Counter[str] = Counter()
        for text in taxonomies.texts(makeup):
            counter.update(word for word in segmenter.search_words(text) if len(word) > 1)
        for word in makeup.words:
            for part in {word, *segmenter.search_words(word)}:
                counter[part] += BY_HAND if part == word else 0
        counts[code] = counter
    spread = Counter(word for counter in counts.values() for word in counter)
    weights = {}
    for code, counter in counts.items():
        raw = {
            word: math.log1p(count) * math.log(len(counts) / spread[word]) * segmenter.specificity(word) ** 0.5
            for word, count in counter.items()
            if spread[word] < len(counts) / 3
        }
        top = sorted(raw.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
        largest = top[0][1] if top else 1.0
        weights[code] = {word: max(1, round(100 * value / largest)) for word, value in top}
    return weights


def describe(scheme: Mapping[str, Makeup], taxonomies: Taxonomies, segmenter: Segmenter) -> list[dict[str, object]]:
    """Return the classes of one way to sort, as the file holds them."""
    weights = weigh(scheme, taxonomies, segmenter)
    classes = []
    for code, makeup in scheme.items():
        classes.append({"code": code, "name": makeup.name, "abouts": taxonomies.abouts(makeup), "words": weights[code]})
    return classes


class Texts(NamedTuple):
    """Texts as the classifier reads them: words of titles, all words, vectors."""

    title_words: list[list[str]]
    words: list[list[str]]
    vectors: np.ndarray

    @classmethod
    def read(cls, profiles: Sequence[Profile], segmenter: Segmenter, encoder: CachedEncoder) -> Texts:
        """Clean, split and encode."""
        titles = [clean(profile.title).text for profile in profiles]
        texts = [
            "。".join(filter(None, (title, clean(profile.description).text)))
            for title, profile in zip(titles, profiles, strict=True)
        ]
        keywords = [clean("；".join(profile.keywords)).text for profile in profiles]
        return cls(
            [segmenter.search_words(title) for title in titles],
            [segmenter.search_words(f"{text}。{more}") for text, more in zip(texts, keywords, strict=True)],
            encoder.encode(texts),
        )

    def take(self, rows: list[int]) -> Texts:
        """Return some of them."""
        return Texts([self.title_words[row] for row in rows], [self.words[row] for row in rows], self.vectors[rows])


def fit(classifier: Classifier, scheme: str, texts: Texts, answers: list[frozenset[str]]) -> Settings:
    """Return the three numbers that make confidences most likely to be true."""
    lexical, dense = classifier.compare(scheme, *texts)
    codes = classifier.scheme(scheme).codes
    right = np.array([[code in answer for code in codes] + [not answer] for answer in answers], float)

    def loss(settings: np.ndarray) -> float:
        chances = find_chances(lexical, dense, (settings[0], settings[1], settings[2]))
        # A little is taken off for large slopes: 500 abstracts are not registers.
        return float(-np.log((chances * right).sum(axis=1) + 1e-9).mean() + 0.002 * (settings[:2] ** 2).sum())

    best = minimize(loss, np.array([1.0, 1.0, 2.0]), method="Nelder-Mead", options={"maxiter": 2000})
    first, second, third = (round(float(value), 3) for value in best.x)
    return first, second, third


def measure(name: str, chances: np.ndarray, codes: Sequence[str], answers: list[frozenset[str]], bar: float) -> None:
    """Print how many texts are claimed for a class at a confidence, and how many of these rightly."""
    best, top = chances[:, :-1].argmax(axis=1), chances[:, :-1].max(axis=1)
    known = np.array([bool(answer) for answer in answers])
    right = np.array([codes[row] in answer for row, answer in zip(best, answers, strict=True)])
    claimed = top >= bar
    print(
        f"{name}: {known.sum()} of {len(known)} have an answer; best guess right {right[known].mean():.1%}; at {bar}: "
        f"claimed {claimed[known].mean():.1%} of these, right {right[claimed & known].mean():.1%}; "
        f"claimed {claimed[~known].mean() if (~known).any() else 0:.1%} of those without; "
        f"mean confidence of claims {top[claimed].mean():.2f}"
    )


def read_abstracts(data: Path) -> tuple[list[Profile], list[str]]:
    """Return the abstracts and their disciplines."""
    lines = (data / "csl/CSL_cls_dcp_dev.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    papers = [Profile(id=str(n), kind="achievement", title="", description=row[1]) for n, row in enumerate(rows)]
    return papers, [row[2] for row in rows]


def encode_classes() -> dict[str, dict[bytes, np.ndarray]]:
    """Return the vectors of the classes' texts by every bundled encoder that takes time, so that no engine has to."""
    known = {}
    for quality in BUNDLED:
        encoder = CachedEncoder(open_encoder("bundled", quality))
        encoder.memory.clear()
        texts = Classifier(encoder).texts
        encoder.encode(texts)
        if kept := encoder.select(texts):
            known[encoder.fingerprint] = kept
    return known


def main() -> None:
    """Count, fit, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    segmenter, taxonomies = Segmenter(), Taxonomies(arguments.data)
    makeups = {"field": FIELDS, "emerging": EMERGING, "division": DIVISIONS}
    content: dict[str, dict[str, object]] = {}
    for scheme, classes in makeups.items():
        if scheme == "division":
            classes = {
                code: makeup._replace(
                    name=next(row["name"] for row in taxonomies.standard if row["code"] == code),
                    tree=tuple(prefix for prefix, where in NSFC.items() if code in where),
                )
                for code, makeup in classes.items()
            }
        content[scheme] = {"classes": describe(classes, taxonomies, segmenter), "settings": [1.0, 1.0, 2.0]}
    encoder = CachedEncoder(BundledEncoder())
    papers, disciplines = read_abstracts(arguments.data)
    abstracts = Texts.read(papers, segmenter, encoder)
    classifier = Classifier(encoder, read_schemes(json.dumps(content)))
    for scheme in makeups:
        codes = classifier.scheme(scheme).codes
        answers = [DISCIPLINES.get(name, {}).get(scheme, frozenset()) for name in disciplines]
        # A discipline of several fields (materials, mechanics) teaches nothing and measures nothing.
        usable = [
            row
            for row, name in enumerate(disciplines)
            if scheme in DISCIPLINES.get(name, {}) or name not in DISCIPLINES
        ]
        taught, kept = usable[::2], usable[1::2]
        settings = fit(classifier, scheme, abstracts.take(taught), [answers[row] for row in taught])
        content[scheme]["settings"] = settings
        chances = find_chances(*classifier.compare(scheme, *abstracts.take(kept)), settings)
        measure(f"{scheme} {settings}, abstracts kept aside", chances, codes, [answers[row] for row in kept], 0.5)
    INDUSTRY.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    fields = Classifier(encoder).scheme("field")
    for register in (read_achievements(sample_path("achievements")), read_needs(sample_path("needs"))):
        rows = [profile for profile in register if profile.field]
        evidence = classifier.compare("field", *Texts.read(rows, segmenter, encoder))
        answers = [frozenset({tag_field(profile.field)}) for profile in rows]
        for bar in (0.5, 0.7, 0.8):
            chances = find_chances(*evidence, fields.settings)
            measure(f"field, sample {register.source}", chances, fields.codes, answers, bar)
    write_known(encode_classes())
    print(f"{INDUSTRY} {INDUSTRY.stat().st_size:,} bytes, {KNOWN} {KNOWN.stat().st_size:,}")


if __name__ == "__main__":
    main()
