"""The benchmarks run on a tiny slice, and the parts that figures hang on are right."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata
from tiny_encoder import invent_folder

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def samples():
    from registers import narrow, read_samples

    return narrow(read_samples(Path()), needs=12, achievements=60, seed=0)


def test_quality_measures_every_system_beside_the_engine(tmp_path):
    from quality import main

    peers = ["chance", "tfidf", "bm25s", "encoder-titles"]
    main(["--profile", "smoke", "--collections", "sample", "--peers", *peers, "--out", str(tmp_path)])
    content = json.loads((tmp_path / "quality-smoke.json").read_text(encoding="utf-8"))
    section = content["collections"][0]
    assert list(section["systems"]) == ["matchmaker", "matchmaker, balanced", "matchmaker, fast", *peers]
    for found in section["systems"].values():
        for metric in ("ndcg@10", "auc>=2", "recall@100 of register"):
            assert 0 <= found[metric]["low"] <= found[metric]["value"] <= found[metric]["high"] <= 1
    systems = section["systems"]
    assert systems["matchmaker"]["ndcg@10"]["value"] > systems["chance"]["ndcg@10"]["value"] + 0.1
    assert systems["matchmaker"]["auc>=3"]["value"] > 0.7 > systems["chance"]["auc>=3"]["value"]
    assert "1/(1+mae)" in systems["matchmaker"]
    assert "1/(1+mae)" not in systems["tfidf"]
    assert {tuple(each["names"]) for each in section["comparisons"]} >= {
        ("matchmaker", peer) for peer in peers if peer != "chance"
    }
    assert content["run"]["machine"]["cores"] >= 1
    assert len(content["run"]["data_sha256"]["sample"]) == 64
    assert "| matchmaker |" in (tmp_path / "quality-smoke.md").read_text(encoding="utf-8")


def test_quality_says_which_collections_it_left_out(tmp_path, capsys):
    from quality import main

    content = main(["--collections", "bdci2019", "--data", str(tmp_path / "none"), "--out", str(tmp_path)])
    assert content["left_out"] == ["bdci2019"]
    assert "give --data" in capsys.readouterr().out


def test_learning_protocol_scores_every_held_out_pair(samples, monkeypatch):
    from peers import Workshop
    from protocols import FOLDS, Settings, rank_held_out_needs

    from matchmaker import deepening

    # Minutes of tuning leave the encoder as it was; what is done with it before and after stays.
    monkeypatch.setattr(deepening, "tune", lambda *_: {})
    rankings = list(rank_held_out_needs(samples, Settings(("tfidf",), Workshop(), lambda _: None, deep=True)))
    assert [ranking.system.split(" (")[0] for ranking in rankings] == [
        "matchmaker, no labels",
        "matchmaker, learn()",
        "matchmaker, learned model",
        "matchmaker, learned model, deep",
        "tfidf",
    ]
    assert f"of {FOLDS} folds" in rankings[1].system
    for ranking in rankings:
        assert len(ranking.scores) == len(samples.grades)
        assert ranking.likely.min() >= 1
        assert ranking.likely.max() <= 4
        assert set(np.unique(ranking.likely)) <= {1, 2, 3, 4} and len(np.unique(ranking.scores)) > FOLDS
        # A refused model leaves scores on another scale; whichever speaks, its probabilities are of worthwhile pairs.
        assert abs(ranking.probabilities.mean() - (samples.grades >= 3).mean()) < 0.1
    for ranking in rankings[1:4]:
        assert set(ranking.answers) == {"reach2", "expect"}
        assert (ranking.answers["reach2"] >= ranking.probabilities - 0.1).all()
        assert np.corrcoef(ranking.answers["expect"], ranking.scores)[0, 1] > 0.9


def test_features_give_the_scores_that_the_engine_gives(samples):
    from protocols import compute_examples

    from matchmaker import Matchmaker, Pair
    from matchmaker.rank.defaults import default_reranker
    from matchmaker.rank.reranking import add_up

    pairs = [Pair(*names) for names in zip(samples.need_ids, samples.achievement_ids, strict=True)]
    engine = Matchmaker().fit(samples.achievements)
    expected = [pair.score for pair in engine.score(samples.needs, pairs)]
    assert add_up(default_reranker().explain(compute_examples(samples).features)).tolist() == expected


def test_folds_hold_out_whole_groups_once():
    from protocols import split

    groups = np.random.default_rng(1).integers(40, size=300)
    masks = list(split(groups, seed=3))
    assert (np.sum(masks, axis=0) == 1).all()
    for held in masks:
        assert not set(groups[held]) & set(groups[~held])


def test_a_part_of_a_collection_keeps_its_judgments():
    from registers import narrow, read_samples

    whole = read_samples(Path())
    part = narrow(whole, needs=10, achievements=70, seed=4)
    assert len(part.needs) == 10
    assert len(part.achievements) == 70
    names = zip(whole.need_ids, whole.achievement_ids, strict=True)
    judged = dict(zip(names, whole.grades, strict=True))
    found = dict(zip(zip(part.need_ids, part.achievement_ids, strict=True), part.grades, strict=True))
    chosen = {need.id for need in part.needs}
    assert found == {pair: grade for pair, grade in judged.items() if pair[0] in chosen}


def test_places_in_a_row_agree_with_scipy():
    from peers import rank_columns

    scores = np.random.default_rng(0).random((5, 30))
    assert (rank_columns(scores) == rankdata(-scores, axis=1)).all()
    assert rank_columns(np.zeros((1, 3))).tolist() == [[1, 2, 3]]


def test_lists_stand_by_score_then_id(samples):
    from measuring import list_best

    matches = list_best(samples, np.zeros((len(samples.needs), len(samples.achievements))))
    first = [match.achievement_id for match in matches if match.need_id == samples.needs[0].id]
    assert first == sorted(achievement.id for achievement in samples.achievements)


def test_workloads_are_as_long_as_asked_and_never_repeat(tmp_path):
    from workloads import CHARACTERS, make_workload

    from matchmaker import read_achievements, read_needs

    made = make_workload((150, 100), False, tmp_path / "none", tmp_path, seed=0)
    again = make_workload((150, 100), False, tmp_path / "none", tmp_path / "again", seed=0)
    assert made.needs.read_bytes() == again.needs.read_bytes()
    profiles = [*read_achievements(made.achievements), *read_needs(made.needs)]
    assert len(profiles) == 250
    assert len({(profile.title, profile.description) for profile in profiles}) == 250
    assert np.median([len(profile.description) for profile in profiles]) == CHARACTERS


def test_scale_registers_change_as_much_in_a_month_as_they_say(tmp_path):
    from workloads import write_scale_registers

    from matchmaker import read_achievements, read_needs

    made = write_scale_registers((5_000, 1_400), tmp_path / "none", tmp_path, seed=0)
    seen = set()
    for read, now, later in (
        (read_achievements, made.achievements, made.later_achievements),
        (read_needs, made.needs, made.later_needs),
    ):
        before, after = ({row.id: (row.title, row.description) for row in read(path)} for path in (now, later))
        assert len(before) == made.size[0 if read is read_achievements else 1]
        changed = [name for name in before.keys() & after.keys() if before[name] != after[name]]
        for names, share in (
            (changed, 0.01),
            (before.keys() - after.keys(), 0.005),
            (after.keys() - before.keys(), 0.005),
        ):
            # Five standard deviations of a binomial count.
            assert abs(len(names) - share * len(before)) <= 5 * (share * len(before)) ** 0.5
            assert len(names) > 0
        texts = {*before.values(), *after.values()}
        assert len({text for _, text in texts}) == len(before) + len(changed) + len(after.keys() - before.keys())
        assert not seen & texts
        seen |= texts


def test_scale_registers_are_written_once_and_alike(tmp_path):
    from workloads import write_scale_registers

    made = write_scale_registers((300, 40), tmp_path / "none", tmp_path, seed=0)
    paths = [made.achievements, made.needs, made.later_achievements, made.later_needs]
    times = [path.stat().st_mtime_ns for path in paths]
    assert write_scale_registers((300, 40), tmp_path / "none", tmp_path, seed=0) == made
    assert [path.stat().st_mtime_ns for path in paths] == times
    again = write_scale_registers((300, 40), tmp_path / "none", tmp_path / "again", seed=0)
    assert again.achievements.read_bytes() == made.achievements.read_bytes()
    other = write_scale_registers((300, 40), tmp_path / "none", tmp_path, seed=1)
    assert other.achievements.read_bytes() != made.achievements.read_bytes()
    # Half done is not done.
    (made.needs.parent / "finished").unlink()
    made.needs.unlink()
    assert write_scale_registers((300, 40), tmp_path / "none", tmp_path, seed=0).needs.is_file()


def test_speed_measures_stages_that_add_up(tmp_path):
    from speed import main

    arguments = ["--profile", "smoke", "--data", str(tmp_path / "none"), "--work", str(tmp_path / "work")]
    section = main([*arguments, "--out", str(tmp_path)])["workloads"][0]
    run = section["runs"]["matchmaker"][0]
    stages = ("clean", "encode", "words and index", "search and rank")
    assert all(run[stage] > 0 for stage in stages)
    assert sum(run[stage] for stage in stages) == pytest.approx(run["index + shortlist"])
    assert run["peak memory, MiB"] > 50
    assert (tmp_path / "speed-smoke.md").is_file()


def test_speed_runs_the_glued_stack_with_the_same_encoder(tmp_path):
    from speed import main

    arguments = ["--profile", "smoke", "--data", str(tmp_path / "none"), "--work", str(tmp_path / "work")]
    section = main([*arguments, "--stacks", "matchmaker", "glued", "--out", str(tmp_path)])["workloads"][0]
    assert section["encoders_alike"] > 0.98
    assert set(section["ratios"]) == {"glued"}


def test_scale_runs_every_step_through_the_engine(tmp_path):
    from scale import main

    arguments = ["--profile", "smoke", "--data", str(tmp_path / "none"), "--work", str(tmp_path)]
    # So many more that more needs are asked one by one.
    content = main([*arguments, "--sizes", "30", "600", "--out", str(tmp_path)])
    steps = content["sizes"][0]["steps"]
    assert content["slopes"]["index"]["achievements read"] == pytest.approx(1)
    assert steps["index"]["achievements read"] == 30 and steps["next month"]["achievements kept"] > 0
    assert steps["answer one by one"]["one need, p99 ms"] >= steps["answer one by one"]["one need, median ms"] > 0
    assert steps["answer all"]["needs a second"] > 0
    assert all(step["peak memory, MiB"] > 50 for step in steps.values())
    assert (tmp_path / "scale-smoke.md").is_file()


def test_a_command_is_measured_from_a_cold_start(tmp_path):
    from command import main

    arguments = ["--sizes", "30x10", "--qualities", "fast", "--rounds", "2", "--data", str(tmp_path / "none")]
    content = main([*arguments, "--work", str(tmp_path), "--out", str(tmp_path)])
    [first, second] = content["sizes"][0]["runs"]["fast"]
    assert first["whole command"] > first["rank"] + first["write"] > 0 and second["whole command"] > 0
    assert "| whole command |" in (tmp_path / "command.md").read_text(encoding="utf-8")


def test_growth_is_the_power_of_the_number_of_achievements():
    from scale import find_slopes

    figures = [{"a": 3.0 * n**1.5, "b": 7.0, "none": 0.0} for n in (10, 100, 1000)]
    assert find_slopes([10, 100, 1000], figures) == pytest.approx({"a": 1.5, "b": 0})
    assert find_slopes([10], figures[:1]) == {}


def test_indexes_are_measured_against_everything_compared(tmp_path):
    from index import main

    arguments = ["--profile", "smoke", "--data", str(tmp_path / "none"), "--work", str(tmp_path)]
    section = main([*arguments, "--out", str(tmp_path)])["sizes"][0]
    recall = {each["name"]: each["recall_100"] for part in ("vectors", "words") for each in section[part]}
    assert recall["flat, float32"] == recall["whole numbers of 8 bits, the engine's"] == 1
    assert recall["flat, 8 bits, fixed range"] == recall["all words, sparse product"] == 1
    assert 0 < min(recall.values()) < 1
    assert "Least processor time" in (tmp_path / "index-smoke.md").read_text(encoding="utf-8")


def test_postings_score_as_the_engine_does():
    from postings import WordPostings, list_top

    from matchmaker.rank.lexical import Postings, WordIndex
    from matchmaker.rank.queries import Block, Statistics, ask_words
    from matchmaker.terms import TermRows, number_words

    generator = np.random.default_rng(0)
    texts = [[f"w{word}" for word in generator.zipf(1.5, 30) if word < 200] for _ in range(300)]
    rows = TermRows.of([number_words(text) for text in texts])
    statistics = Statistics.of([Block(rows)])
    query = ["w1", "w2", "w9", "w40", "unheard"]
    asked = ask_words(TermRows.of([number_words(query)]), statistics)
    every = np.zeros(300, np.int64), np.arange(300)
    [expected] = WordIndex(rows, Postings(*rows.transpose()), statistics).score([asked], every)
    postings = WordPostings(rows)
    places = postings.find(number_words(query))
    ways = (postings.score_all, postings.score_all_at_once, postings.score_by_product)
    for scores in (way(places) for way in ways):
        # The engine divides by what an average text could score at most; ranks are the same.
        assert scores / scores.max() == pytest.approx(expected / expected.max(), abs=1e-6)
        assert postings.score_rows(places, np.arange(300)) == pytest.approx(scores, rel=1e-6)
        assert np.sort(scores[list_top(scores, 20)]).tolist() == np.sort(scores)[-20:].tolist()


def test_operations_of_a_token_are_those_of_the_graph():
    from limits import count_operations

    from matchmaker.text.encoding import MODEL, STUDENT

    layer = 384 * 3 * 384 + 384 * 384 + 2 * 384 * 1536
    assert count_operations(MODEL, 128) == 12 * (2 * layer + 4 * 128 * 384)
    assert count_operations(STUDENT, 128) == 6 * (2 * layer + 4 * 128 * 384)


def test_limits_are_measured_beside_the_encoder(tmp_path):
    from limits import main

    arguments = ["--profile", "smoke", "--threads", "1", "--data", str(tmp_path / "none"), "--out", str(tmp_path)]
    content = main(arguments)
    assert all(rate > 0 for part in ("matrix", "memory") for rate in content[part]["1"].values())
    assert content["encoders"]["best"]["1"]["billion operations/s"] > 0
    assert "| bfloat16, torch |" in (tmp_path / "limits-smoke.md").read_text(encoding="utf-8")


def test_ratios_are_taken_round_by_round():
    from speed import summarise

    runs = {"matchmaker": [{"a": 1.0}, {"a": 2.0}, {"a": 4.0}], "glued": [{"a": 5.0}, {"a": 8.0}, {"a": 24.0}]}
    found = summarise(runs)
    assert found["ratios"]["glued"]["a"] == [5.0, 4.0, 6.0]
    assert found["medians"]["glued"]["a"] == 8.0


def test_this_folder_is_not_shadowed():
    # a benchmark module named like a library would hide that library from everything imported after it
    names = {path.stem for path in BENCHMARKS.glob("*.py")}
    assert not names & (sys.stdlib_module_names | {"datasets", "evaluate", "tokenizers", "faiss"})


def test_the_learning_curve_begins_at_the_unlabelled_start(tmp_path):
    from judgments import main

    content = main(["--collection", "sample", "--sizes", "0", "20", "200", "--splits", "2", "--out", str(tmp_path)])
    assert [point["judgments"] for point in content["points"]] == [0, 20, 200]
    assert content["points"][0]["difference"] == content["points"][1]["difference"] == 0
    assert content["adopted"]["0"] == content["adopted"]["20"] == "0 of 2"
    assert content["recalibrated"]["0"] == content["recalibrated"]["20"] == "0 of 2"
    assert content["mae_score"]["0"] == content["mae_score"]["20"] and content["brier"]["0"] == content["brier"]["20"]
    assert all(0 < content["brier"][size] < 0.25 and 0.5 < content["mae_score"][size] < 1 for size in content["brier"])
    assert "| 20 | 0 of 2 | 0 of 2 |" in (tmp_path / "judgments.md").read_text(encoding="utf-8")


def test_encoders_are_measured_alone_beside_the_shipped_ones(tmp_path, script):
    pytest.importorskip("sentence_transformers")
    from encoders import main

    folder = invent_folder(script, tmp_path / "untrained")
    content = main([str(folder), "--collection", "sample", "--resamples", "50", "--out", str(tmp_path / "results")])
    found = {name: each["ndcg@10"]["value"] for name, each in content["systems"].items()}
    assert list(found) == ["shipped, best", "shipped, balanced", "shipped, fast", str(folder)]
    assert found["shipped, best"] > found[str(folder)] + 0.05
    compared = [(each["names"], each["metric"]) for each in content["comparisons"]]
    assert ((str(folder), "shipped, best"), "spearman") in compared
    assert f"| {folder} | shipped, best | **-" in (tmp_path / "results/encoders.md").read_text(encoding="utf-8")


def test_the_centre_of_vectors_makes_no_difference_between_encoders():
    from encoders import find_directions

    chance = np.random.default_rng(0)
    known = {name: chance.normal(size=8) for name in "abcdef"}
    sides = [(["a", "b"], ["c", "d"]), (["e"], ["f"])]

    def encode(texts, shift=0.0):
        return np.array([known[text] for text in texts]) + shift

    plain, moved = find_directions(encode, sides), find_directions(lambda texts: encode(texts, 3.0), sides)
    assert [each.shape for each in plain] == [(2, 8), (1, 8)]
    for one, other in zip(plain, moved, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, atol=1e-6)
