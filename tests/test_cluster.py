"""A cluster says what a single machine says, to the last bit, whatever is killed meanwhile."""

import json
import os
import signal
import sys
from contextlib import suppress

import pytest
from matching import invent_profiles

from matchmaker import Filter, Judgment, Matchmaker, read_shortlists
from matchmaker.batch import cluster as batch_cluster
from matchmaker.batch.cluster import share_out, shortlist_on_ray
from matchmaker.errors import MissingExtraError, ModelError, SettingError
from matchmaker.rank.supply import Supply
from matchmaker.samples import sample_path

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")
NODE = {"num_cpus": 1, "object_store_memory": 100 << 20, "include_dashboard": False}
REGISTER = invent_profiles("achievement", 420)
NEEDS = invent_profiles("need", 60)
# As Ray's own code does it.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster():
    """Three nodes, and this process connected to the first."""
    cluster = cluster_utils.Cluster(initialize_head=True, head_node_args=NODE)
    for _ in range(2):
        cluster.add_node(**{key: value for key, value in NODE.items() if key != "include_dashboard"})
    ray.init(address=cluster.address, log_to_driver=False, logging_level="warning")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def in_segments(engine, register, size=110):
    """Let an engine serve a register that lies in many small segments; some of their rows are gone."""
    segments = [(engine.read(register[start : start + size]), None) for start in range(0, len(register), size)]
    engine.serve(Supply(segments[0][0].vectors.shape[1], segments))
    return engine.remove([profile.id for profile in register[::11]])


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster") / "index"
    engine = in_segments(Matchmaker(quality="fast", candidates=60), REGISTER)
    assert len(engine.supply.parts) == 4 and all(part.alive is not None for part in engine.supply.parts)
    engine.save(folder)
    return folder


def flatten(parts):
    return [shortlist for part in parts for shortlist in part]


def expect(index, rules=None, k=10):
    return Matchmaker.load(index).shortlist(NEEDS, k, filter=rules)


@pytest.mark.parametrize("shards", [1, 40])
def test_shards_say_what_a_single_machine_says(cluster, index, shards):
    told = []
    parts = list(
        shortlist_on_ray(index, iter(NEEDS), shards=shards, part=25, progress=lambda *progress: told.append(progress))
    )
    assert [len(part) for part in parts] == [25, 25, 10]
    assert flatten(parts) == expect(index)
    assert told == [("rank", 25, 60), ("rank", 50, 60), ("rank", 60, 60)]


def test_rules_hold_in_every_shard(cluster, index):
    rules = Filter(regions=("大连市",), same_field=True, meet_maturity=True)
    found = flatten(shortlist_on_ray(index, NEEDS, 5, rules, shards=3))
    assert found == expect(index, rules, 5) != expect(index, k=5)


def test_reasons_are_in_the_language_asked_for(cluster, index):
    engine = Matchmaker.load(index)
    engine.lang = "en"
    assert flatten(shortlist_on_ray(index, NEEDS[:4], shards=2, lang="en")) == engine.shortlist(NEEDS[:4])


def test_a_learned_model_ranks_alike(cluster, tmp_path):
    register, stage = REGISTER[:200], {"产业化": 4, "中试": 3, "小试": 2, "": 1}
    engine = in_segments(Matchmaker(quality="fast", candidates=60), register, size=40)
    judgments = [
        Judgment(wanted.id, offered.id, stage[offered.maturity])
        for row, wanted in enumerate(NEEDS[:30])
        for offered in list(engine.achievements)[row % 4 :: 4]
    ]
    assert engine.learn(NEEDS[:30], judgments).adopted
    engine.save(tmp_path / "index")
    assert Matchmaker.load(tmp_path / "index").settings["reranker"] == "LearnedSum"
    found = flatten(shortlist_on_ray(tmp_path / "index", NEEDS, shards=3, part=32))
    assert found == expect(tmp_path / "index")


def test_a_register_without_a_row_or_needs_without_one_are_answered(cluster, tmp_path, index):
    Matchmaker(quality="fast").fit([]).save(tmp_path / "empty")
    found = flatten(shortlist_on_ray(tmp_path / "empty", NEEDS[:3], shards=2))
    assert found == expect(tmp_path / "empty")[:3]
    assert list(shortlist_on_ray(index, [], shards=2)) == []


def test_killed_processes_and_a_lost_node_cost_their_part_only(cluster, index):
    third = cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
    found, shards, tasks = [], [], []
    for number, part in enumerate(shortlist_on_ray(index, NEEDS * 3, shards=3, part=6)):
        found += part
        # Whichever are at work at that moment: one that has just ended by itself is none to kill.
        if number >= 1:
            shards += kill_workers("ray::Shard", 2 - len(shards))
            tasks += kill_workers("ray::MapBatches", 1 - len(tasks))
        if number == 5:
            cluster.remove_node(third)
    assert len(shards) == 2 and len(tasks) == 1
    assert found == expect(index) * 3


def kill_workers(title, most):
    """Kill some processes that Ray started below this one under such a title; return their ids."""
    import psutil

    found = []
    for process in psutil.Process().children(recursive=True):
        # One that ended between being listed and being asked is none to kill.
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if len(found) < most and " ".join(process.cmdline()).startswith(title):
                os.kill(process.pid, signal.SIGKILL)
                found.append(process.pid)
    return found


def test_an_index_that_changes_meanwhile_is_refused(index):
    run = batch_cluster._Run(index, "another", 10, Filter(), None)
    with pytest.raises(ModelError, match="was changed while"):
        run.open(())


def test_a_part_of_an_index_read_otherwise_is_refused(index, monkeypatch):
    monkeypatch.setattr("matchmaker.keeping.READING", -1)
    with pytest.raises(ModelError, match="index the register again"):
        Matchmaker.load(index, segments=[0])


def test_some_segments_score_as_in_the_whole(index):
    whole, part = Matchmaker.load(index).supply, Matchmaker.load(index, segments=[1, 3]).supply
    assert len(part.parts) == 2 and part.statistics["words"].rows == len(whole)
    rows = whole.find(part.order)
    assert [whole.ids[row] for row in rows] == part.ids
    assert part.find(whole.order).tolist() == [part.ids.index(name) if name in part.ids else -1 for name in whole.ids]


def test_shares_are_balanced():
    shares = share_out([10] * 7 + [30, 35], 3)
    assert sorted(sum(shares, [])) == list(range(9)) and shares == share_out([10] * 7 + [30, 35], 3)
    assert share_out([], 4) == [[]] and share_out([5], 4) == [[0]]


def test_what_is_missing_or_impossible_is_told(index, monkeypatch):
    with pytest.raises(SettingError, match="shards: expected at least 1, found 0"):
        next(shortlist_on_ray(index, NEEDS, shards=0))
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"matchmaker\[ray\]"):
        next(shortlist_on_ray(index, NEEDS, shards=1))


def test_the_command_answers_on_a_cluster_as_it_does_alone(cluster, tmp_path, capsys):
    from matchmaker.cli import main

    command = ["shortlist", str(sample_path("achievements")), str(sample_path("needs")), "--quality", "fast"]
    command += ["--as-of", "2026-11-09", "--lang", "en", "--index", str(tmp_path / "index"), "--workers", "1"]
    for engine in ("stream", "ray"):
        assert main([*command, "--engine", engine, "--out", str(tmp_path / engine)]) == 0
        assert "120 achievements, 60 needs: " in capsys.readouterr().out
    alone, together = (read_shortlists(tmp_path / name / "shortlists.parquet") for name in ("stream", "ray"))
    assert list(alone) == list(together) and len(alone) == 590
    counts = [json.loads((tmp_path / name / "manifest.json").read_text())["counts"] for name in ("stream", "ray")]
    assert counts[0] == counts[1] and counts[0]["needs_expired"] == 1
