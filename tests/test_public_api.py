import importlib
import inspect
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import matchmaker
from matchmaker import errors

ROOT = Path(__file__).parents[1]
NAMES = """
    DuplicateGroup DuplicateLink Element Evidence Filter Industry Judgment LearnReport Match Matchmaker
    NeedCheck Notice Pair Profile Quantity Records Rejection ScoredPair Shortlist Span Term Understanding
    read_achievements read_judgments read_needs read_pairs read_shortlists
""".split()


def test_the_public_names_are_these():
    assert matchmaker.__all__ == NAMES
    for name in NAMES:
        assert getattr(matchmaker, name).__doc__, name
    assert set(dir(matchmaker)) == {*NAMES, "__version__"}
    with pytest.raises(AttributeError, match="no attribute 'matchmaking'"):
        matchmaker.matchmaking  # noqa: B018


def test_importing_loads_nothing_heavy():
    program = (
        "import sys, matchmaker; matchmaker.Profile(id='1', kind='need', title='x');"
        "print({'numpy', 'onnxruntime', 'faiss', 'lightgbm', 'pandas', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("fit", ["achievements", "progress"]),
        ("add", ["achievements", "progress"]),
        ("remove", ["ids"]),
        ("shortlist", ["needs", "k", "filter", "progress"]),
        ("score", ["needs", "pairs", "progress"]),
        ("learn", ["needs", "judgments", "gap_error", "deep", "progress"]),
        ("check", ["needs"]),
        ("duplicates", ["profiles"]),
        ("understand", ["profiles", "progress"]),
        ("save", ["path"]),
        ("load", ["path", "encoder", "cache", "segments", "progress"]),
    ],
)
def test_the_engine_does_what_the_contract_names(method, parameters):
    signature = inspect.signature(getattr(matchmaker.Matchmaker, method))
    assert [name for name in signature.parameters if name != "self"] == parameters
    assert getattr(matchmaker.Matchmaker, method).__doc__


def test_settings_are_given_by_name_only():
    kinds = inspect.signature(matchmaker.Matchmaker).parameters
    assert set(kinds) == {
        "encoder",
        "quality",
        "terms",
        "stop_words",
        "candidates",
        "threshold",
        "cache",
        "lang",
        "seed",
    }
    assert all(kind.kind is kind.KEYWORD_ONLY for kind in kinds.values())


def test_every_error_belongs_to_one_tree_and_to_a_built_in():
    leaves = [
        value for value in vars(errors).values() if inspect.isclass(value) and value is not errors.MatchmakerError
    ]
    assert leaves
    for leaf in leaves:
        assert issubclass(leaf, errors.MatchmakerError)
        assert any(base.__module__ == "builtins" and base is not Exception for base in leaf.__mro__[2:-2]), leaf
        assert str(leaf("what, what was found, what to do")) == "what, what was found, what to do"


def test_every_public_thing_in_the_rooms_of_matching_is_documented():
    rooms = (
        "text.lexicon text.segmentation text.encoding text.vectors text.tagging text.analysis engine learning storage"
    )
    rooms += " duplicates reader keeping register tally understanding identities"
    rooms += " text.questions report.checks delivery.checks"
    rooms += " text.units text.quantities text.codes text.phrases text.elements text.needcheck text.industry"
    rooms += " columns rank.calibration rank.dense rank.evidence rank.features rank.filters rank.fusion"
    for (
        room
    ) in f"{rooms} rank.learning rank.lexical rank.reranking rank.segments rank.supply rank.defaults terms".split():
        module = importlib.import_module(f"matchmaker.{room}")
        assert module.__doc__, room
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_") and callable(value):
                assert value.__doc__, f"{room}.{name}"


def test_text_and_rank_know_nothing_of_each_other():
    for room, other in (("text", "rank"), ("rank", "text")):
        for file in (ROOT / "matchmaker" / room).rglob("*.py"):
            assert f"matchmaker.{other}" not in file.read_text(encoding="utf-8"), file


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Vectors of the samples, encoded once for this file."""
    return tmp_path_factory.mktemp("cache") / "vectors.sqlite"


def test_the_job_of_the_design_runs_on_the_samples(tmp_path, cache):
    from matchmaker import Matchmaker, Pair, read_achievements, read_judgments, read_needs
    from matchmaker.samples import sample_path

    achievements = read_achievements(sample_path("achievements"))
    needs = read_needs(sample_path("needs"))
    assert not needs.rejected and not achievements.rejected

    engine = Matchmaker(cache=cache).fit(achievements)
    shortlists = engine.shortlist(needs, k=10)
    assert [shortlist.need_id for shortlist in shortlists] == [profile.id for profile in needs]
    assert [match.rank for match in shortlists[0]] == list(range(1, 11))
    for match in shortlists[0]:
        assert match.achievement_id and 0 <= match.probability <= 1 and str(match.evidence)

    engine.remove([achievements[0].id])
    engine.add(achievements[:1])
    moved = engine.shortlist(needs[:5], k=10)
    assert moved == shortlists[:5]

    report = engine.learn(needs, read_judgments(sample_path("judgments")))
    assert report.needs == len(needs) and report.skipped == 0 and "NDCG@10" in report.to_text()
    pairs = [Pair(match.need_id, match.achievement_id) for match in shortlists[3]]
    scored = engine.score(needs, pairs)
    assert [one.achievement_id for one in scored] == [pair.achievement_id for pair in pairs]

    engine.save(tmp_path / "models" / "2026-11")
    again = Matchmaker.load(tmp_path / "models" / "2026-11")
    assert again.shortlist(needs[:5]) == engine.shortlist(needs[:5])


def test_the_sample_is_ranked_far_better_than_by_chance(cache):
    from matchmaker import Filter, Matchmaker, read_achievements, read_judgments, read_needs
    from matchmaker.evaluation import evaluate_scores
    from matchmaker.samples import SAMPLE_DATE, sample_path

    needs = read_needs(sample_path("needs"))
    judgments = list(read_judgments(sample_path("judgments")))
    engine = Matchmaker(cache=cache).fit(read_achievements(sample_path("achievements")))
    scores = [one.score for one in engine.score(needs, judgments)]
    names = [judgment.need_id for judgment in judgments]
    summary = evaluate_scores(
        names,
        [judgment.grade for judgment in judgments],
        scores,
        achievement_ids=[judgment.achievement_id for judgment in judgments],
        lowest=1,
        relevant_from=3,
    )
    assert summary["ndcg@10"].value > 0.9
    days = (SAMPLE_DATE - date(1970, 1, 1)).days
    expired = [one for one in engine.shortlist(needs, filter=Filter(as_of=days)) if not one]
    late = [profile.id for profile in needs if profile.date and profile.date < SAMPLE_DATE]
    assert [one.need_id for one in expired] == late
