import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matching import HashEncoder, achievement, bundled, invent_profiles, need

from matchmaker import Matchmaker, Pair, Records
from matchmaker.errors import NotFittedError, SettingError, UnknownIdError

REGISTER = invent_profiles("achievement", 60)
NEEDS = invent_profiles("need", 14)


def fit(register=REGISTER, **settings):
    return Matchmaker(encoder=HashEncoder(), **settings).fit(register)


@pytest.fixture(scope="module")
def engine():
    return fit()


# Scores, batches and orders.


def as_scores(shortlists):
    return {(m.need_id, m.achievement_id): (m.score, m.probability) for shortlist in shortlists for m in shortlist}


@pytest.mark.parametrize("encoder", ["hash", "bundled"])
def test_given_pairs_score_as_in_the_shortlists(encoder):
    engine = Matchmaker(encoder=bundled() if encoder == "bundled" else HashEncoder()).fit(REGISTER[:30])
    listed = as_scores(engine.shortlist(NEEDS))
    pairs = [Pair(*names) for names in listed]
    random.Random(1).shuffle(pairs)
    scored = engine.score(NEEDS, pairs)
    assert [(one.need_id, one.achievement_id) for one in scored] == [
        (pair.need_id, pair.achievement_id) for pair in pairs
    ]
    assert {(one.need_id, one.achievement_id): (one.score, one.probability) for one in scored} == listed
    alone = [
        engine.score([profile for profile in NEEDS if profile.id == pair.need_id], [pair])[0] for pair in pairs[:9]
    ]
    assert alone == scored[:9]
    low, high = engine.calibration.grades[0], engine.calibration.grades[-1]
    assert all(low <= one.expected_grade <= high and 0 <= one.probability <= 1 for one in scored)


def test_a_pair_may_be_asked_twice_and_none_at_all(engine):
    pair = Pair("N-001", "A-001")
    first, second = engine.score(NEEDS, [pair, pair])
    assert first == second
    assert engine.score(NEEDS, []) == [] == engine.score([], [])


def test_unknown_ids_are_named(engine):
    with pytest.raises(UnknownIdError, match="no need has the id 'N-x'"):
        engine.score(NEEDS, [Pair("N-x", "A-001")])
    with pytest.raises(UnknownIdError, match="no achievement has the id 'A-x'; check the pairs"):
        engine.score(NEEDS, [Pair("N-001", "A-x"), Pair("N-001", "A-001")])
    many = [Pair("N-001", f"X{number}") for number in range(9)]
    with pytest.raises(UnknownIdError, match="'X4' and 4 more"):
        engine.score(NEEDS, many)


@pytest.mark.parametrize("encoder", ["hash", "bundled"])
def test_a_need_alone_gets_the_same_list_as_among_many(encoder, monkeypatch):
    engine = Matchmaker(encoder=bundled() if encoder == "bundled" else HashEncoder()).fit(REGISTER[:40])
    together = engine.shortlist(NEEDS)
    assert [engine.shortlist([wanted])[0] for wanted in NEEDS] == together
    monkeypatch.setattr("matchmaker.engine.BATCH", 3)
    assert engine.shortlist(NEEDS) == together


def test_the_order_of_needs_only_orders_the_lists(engine):
    together = engine.shortlist(NEEDS)
    order = random.Random(2).sample(range(len(NEEDS)), len(NEEDS))
    assert engine.shortlist([NEEDS[row] for row in order]) == [together[row] for row in order]


@pytest.mark.parametrize("candidates", [3, 200])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_register_changes_nothing(seed, candidates):
    # Many equal texts, so that ties decide who is a candidate at all.
    register = [replace(profile, title=REGISTER[row % 7].title, description="") for row, profile in enumerate(REGISTER)]
    register += [replace(profile, id=f"B-{profile.id}") for profile in REGISTER[:10]]
    expected = fit(register, candidates=candidates).shortlist(NEEDS, k=3)
    shuffled = random.Random(seed).sample(register, len(register))
    assert fit(shuffled, candidates=candidates).shortlist(NEEDS, k=3) == expected


def test_equal_texts_stand_in_order_of_their_ids():
    register = [achievement(name, "海参育苗水质在线监测") for name in ("b", "a", "d", "c", "10", "9")]
    matches = fit(register).shortlist([need("N", "海参育苗")])[0]
    assert [match.achievement_id for match in matches] == ["10", "9", "a", "b", "c", "d"]
    assert len({match.score for match in matches}) == 1
    assert [match.rank for match in matches] == [1, 2, 3, 4, 5, 6]


def test_lists_are_ranked_by_score_and_counted(engine):
    for wanted, shortlist in zip(NEEDS, engine.shortlist(NEEDS, k=7), strict=True):
        scores = [match.score for match in shortlist]
        assert shortlist.need_id == wanted.id and len(shortlist) == 7
        assert scores == sorted(scores, reverse=True)
        assert [match.rank for match in shortlist] == list(range(1, 8))
        probabilities = [match.probability for match in shortlist]
        assert probabilities == sorted(probabilities, reverse=True)
        assert shortlist.suitable == sum(value >= engine.threshold for value in probabilities)
        assert all(value >= engine.threshold for value in probabilities[: shortlist.suitable])


@pytest.mark.parametrize(("threshold", "suitable"), [(0.0, 10), (1.0, 0)])
def test_the_threshold_decides_what_suits(threshold, suitable):
    shortlists = fit(threshold=threshold).shortlist(NEEDS[:3])
    assert [shortlist.suitable for shortlist in shortlists] == [suitable] * 3


def test_shorter_lists_begin_the_longer_ones(engine):
    long, short = engine.shortlist(NEEDS, k=10), engine.shortlist(NEEDS, k=3)
    assert [shortlist[:3] for shortlist in long] == [shortlist.matches for shortlist in short]


PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from matching import invent_profiles
from matchmaker import Matchmaker
engine = Matchmaker(terms=["锂离子电池电解液"]).fit(invent_profiles("achievement", 25))
print(json.dumps([engine.settings, repr(engine.shortlist(invent_profiles("need", 6)))]))
"""


def test_another_process_says_the_same():
    other = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "1"}
    program = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent)]
    told = json.loads(subprocess.run(program, check=True, capture_output=True, text=True, env=other).stdout)
    engine = Matchmaker(terms=["锂离子电池电解液"]).fit(invent_profiles("achievement", 25))
    assert told == [engine.settings, repr(engine.shortlist(invent_profiles("need", 6)))]


def test_threads_get_equal_lists():
    engine = Matchmaker(encoder=bundled()).fit(REGISTER[:30])
    batches = [NEEDS[start : start + 7] for start in range(8)]
    fresh = Matchmaker(encoder=bundled()).fit(REGISTER[:30])
    expected = [fresh.shortlist(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(engine.shortlist, batches)) == expected


def test_two_engines_do_not_share_words():
    first = fit(terms=["育苗水质"])
    second = fit()
    before = second.shortlist(NEEDS)
    third = fit(terms=["参育苗"])
    assert first.settings["dictionary_sha256"] != third.settings["dictionary_sha256"]
    assert second.shortlist(NEEDS) == before


# Sizes and settings.


def test_before_fit_everything_says_so():
    engine = Matchmaker(encoder=HashEncoder())
    for attempt in (
        lambda: engine.shortlist(NEEDS),
        lambda: engine.score(NEEDS, [Pair("N-001", "A-001")]),
        lambda: engine.learn(NEEDS, []),
        lambda: engine.remove(["A-001"]),
        lambda: engine.save("nowhere"),
    ):
        with pytest.raises(NotFittedError, match=r"call fit\(achievements\) first"):
            attempt()
    assert len(engine.achievements) == 0


@pytest.mark.parametrize("encoder", ["hash", "bundled", "careless"])
def test_an_empty_register_gives_empty_lists(encoder):
    class Careless:
        def encode(self, texts):
            return np.array([HashEncoder().encode([text])[0] for text in texts])

    chosen = {"hash": HashEncoder, "bundled": bundled, "careless": Careless}[encoder]()
    engine = Matchmaker(encoder=chosen).fit([])
    shortlists = engine.shortlist(NEEDS[:2])
    assert [(one.need_id, len(one), one.suitable) for one in shortlists] == [("N-000", 0, 0), ("N-001", 0, 0)]
    assert engine.shortlist([]) == [] and engine.score(NEEDS, []) == []
    assert engine.add(REGISTER[:3]).shortlist(NEEDS) == Matchmaker(encoder=chosen).fit(REGISTER[:3]).shortlist(NEEDS)
    engine.remove([profile.id for profile in REGISTER[:3]])
    assert [len(one) for one in engine.shortlist(NEEDS[:2])] == [0, 0]


def test_one_achievement_is_proposed_to_everyone():
    shortlists = fit(REGISTER[:1]).shortlist(NEEDS)
    assert all([match.achievement_id for match in one] == ["A-000"] for one in shortlists)


def test_more_than_the_register_holds_gives_the_whole_register():
    assert len(fit(REGISTER[:9]).shortlist(NEEDS[:1], k=500)[0]) == 9
    # A list longer than the usual number of candidates is no reason to shorten it.
    assert len(fit(candidates=5).shortlist(NEEDS[:1], k=20)[0]) == 20


ODD = [
    *("", "。。!!——", "\x00\x07", "😀🔋🐟", "a", "1234567890", "的", "\ud800海参", "<p></p>", "İİİ", "龘" * 40),
    *("𠮷野家", "=HYPERLINK(1)", "\u202eevil"),
]


@pytest.mark.parametrize("encoder", ["hash", "bundled"])
def test_odd_texts_are_matched_without_harm(encoder):
    odd = [achievement(f"Z{row}", text, text, keywords=(text,)) for row, text in enumerate(ODD)]
    engine = Matchmaker(encoder=bundled() if encoder == "bundled" else HashEncoder()).fit([*REGISTER[:6], *odd])
    wanted = [need(f"N{row}", text, text, keywords=(text,)) for row, text in enumerate(ODD)]
    shortlists = engine.shortlist([*wanted, *NEEDS[:2]], k=20)
    assert [one.need_id for one in shortlists] == [profile.id for profile in [*wanted, *NEEDS[:2]]]
    assert all(np.isfinite([match.score, match.probability]).all() for one in shortlists for match in one)
    scored = engine.score(wanted, [Pair(f"N{row}", f"Z{row}") for row in range(len(ODD))])
    assert [one.need_id for one in scored] == [profile.id for profile in wanted]
    # A text that says something finds itself.
    for row in (3, 7, 11, 13):
        assert shortlists[row][0].achievement_id == f"Z{row}"


def test_a_need_of_nothing_gets_nothing_by_chance():
    assert len(Matchmaker(encoder=bundled()).fit(REGISTER[:6]).shortlist([need("N", "")])[0]) == 0


def test_very_long_texts_are_read():
    long = (
        "海参工厂化育苗水质在线监测装置与分子筛膜脱水技术。" + "".join(chr(0x4E00 + n % 2000) for n in range(176))
    ) * 1000
    assert len(long) >= 200_000
    engine = Matchmaker(encoder=bundled()).fit([achievement("L", "海参育苗", long), *REGISTER[:20]])
    match = engine.shortlist([need("N", "分子筛膜脱水", long[:50_000])])[0][0]
    assert match.achievement_id == "L" and match.evidence.spans


def test_ids_may_be_anything_that_is_text():
    names = ["", " ", "0", "-1", "成果/一号", "a\nb", "A" * 500, "😀", "../x", "NaN"]
    engine = fit([achievement(name, f"海参育苗{number}") for number, name in enumerate(names)])
    wanted = [need(name, "海参育苗") for name in names]
    shortlists = engine.shortlist(wanted, k=20)
    assert [one.need_id for one in shortlists] == names
    assert all({match.achievement_id for match in one} == set(names) for one in shortlists)
    assert len(engine.score(wanted, [Pair(name, name) for name in names])) == len(names)
    engine.remove(names[:5])
    assert [profile.id for profile in engine.achievements] == names[5:]


def test_any_iterable_of_profiles_will_do(engine):
    records = Records(tuple(NEEDS))
    expected = engine.shortlist(NEEDS)
    assert engine.shortlist(records) == engine.shortlist(iter(NEEDS)) == engine.shortlist(tuple(NEEDS)) == expected
    lazily = Matchmaker(encoder=HashEncoder()).fit(profile for profile in REGISTER)
    assert lazily.shortlist(NEEDS) == expected
    assert lazily.fit(lazily.achievements).shortlist(NEEDS) == expected


def test_nothing_that_was_given_is_changed():
    register, needs = list(REGISTER[:10]), list(NEEDS)
    engine = fit(register)
    engine.shortlist(needs)
    engine.remove(["A-003"])
    assert register == REGISTER[:10] and needs == NEEDS


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"candidates": 0}, "candidates: expected at least 1, found 0"),
        ({"threshold": 1.2}, "threshold: expected a probability from 0 to 1, found 1.2"),
        ({"seed": -1}, "seed: expected a whole number from 0 on, found -1"),
        ({"threshold": float("nan")}, "threshold"),
        ({"lang": "fr"}, "lang is 'fr'; choose one of zh, en"),
        ({"terms": "锂电池"}, "terms: expected several words"),
    ],
)
def test_settings_out_of_range_are_refused(given, message):
    with pytest.raises(SettingError, match=message):
        Matchmaker(encoder=HashEncoder(), **given)


def test_a_list_of_none_is_refused(engine):
    for k in (0, -3):
        with pytest.raises(SettingError, match=f"k: expected at least 1, found {k}"):
            engine.shortlist(NEEDS, k=k)


def test_settings_tell_engines_apart(engine):
    assert engine.settings == fit().settings
    assert engine.settings["reranker"] == "default" and engine.settings["encoder"] == "hash"
    for change in (
        {"terms": ["育苗水质"]},
        {"stop_words": []},
        {"candidates": 7},
        {"threshold": 0.1},
        {"lang": "en"},
        {"seed": 3},
    ):
        assert fit(**change).settings != engine.settings
    assert all(isinstance(value, str) for value in engine.settings.values())


def test_progress_reaches_its_end():
    told = []
    engine = Matchmaker(encoder=HashEncoder())
    engine.fit(REGISTER, progress=lambda *step: told.append(step))
    engine.shortlist(NEEDS, progress=lambda *step: told.append(step))
    stages = {stage: (done, total) for stage, done, total in told}
    assert {"clean", "encode", "index", "rank"} <= stages.keys()
    assert all(done == total for done, total in stages.values())
    assert all(0 <= done <= total for _, done, total in told)
