"""Shortlists made on a Ray cluster: the index lies in shards, and many needs are asked of all of them at once.

A shard opens some segments of the index folder and knows how the whole register uses its words, so that its scores, and
what decides between equal ones, are those of a single machine. A part of the needs is answered by one task in three
rounds: every shard searches, every shard scores the candidates that it holds, every shard explains the matches that it
holds. Between rounds only places in the order of ids and scores travel. Neither tasks nor shards keep anything from one
call to the next that they could not read from the folder again: whatever is killed is started again elsewhere.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from matchmaker.batch.answers import SHORTLISTS, StreamedShortlists, open_answers
from matchmaker.batch.parts import cut
from matchmaker.collecting import without_collecting
from matchmaker.engine import Matchmaker, Progress
from matchmaker.errors import MissingExtraError, ModelError, SettingError
from matchmaker.languages import Lang, check_language
from matchmaker.pairing import in_common_terms
from matchmaker.proposing import list_matches, take_best
from matchmaker.rank.filters import Filter
from matchmaker.rank.fusion import Found, fuse_found, join_found
from matchmaker.rank.supply import Demand
from matchmaker.records import Match, Profile, Shortlist
from matchmaker.storage import count_rows, name_model
from matchmaker.tables.shortlists import match_table
from matchmaker.tally import Tally, list_expired

# Needs answered by one task: enough for the rounds between nodes to weigh little, and what a killed task must do again.
PART = 128


def shortlist_on_ray(
    index: Path,
    needs: Iterable[Profile],
    k: int = 10,
    rules: Filter | None = None,
    *,
    shards: int,
    address: str | None = None,
    lang: str | None = None,
    part: int = PART,
    progress: Progress | None = None,
) -> Iterator[list[Shortlist]]:
    """Yield what `Matchmaker.load(index).shortlist(needs, k, filter=rules)` returns, part by part, made on a cluster.

    Parameters
    ----------
    index : Path
        A saved model (`Matchmaker.save`, `update_index`) in a folder that every node reads at the same path, and that
        nobody changes meanwhile.
    needs : iterable of Profile
        Gone through once, into Ray's object store, which uses the disk for what memory does not hold.
    k : int
        Longest shortlist.
    rules : Filter, optional
        What may be matched with what.
    shards : int
        Parts that the index is opened in, each by one process; no more than it has segments.
    address : str, optional
        Of a running cluster (``auto``, ``node:6379``, ``ray://node:10001``); by default one is started here for as long
        as the run lasts. Where the calling process is connected to a cluster already, that one is used.
    lang : {"zh", "en"}, optional
        Language of reasons; by default the one that was saved.
    part : int
        Needs answered by one task.
    progress : callable, optional
        Called as ``progress("rank", done, total)``.

    Yields
    ------
    list of Shortlist
        Of one part of the needs, in the order given.

    Raises
    ------
    MissingExtraError
        Without the extra ``[ray]``.
    ModelError
        When the index is damaged or changed meanwhile, or a node would read texts otherwise than the index was read.
    """
    for name, value in (("k", k), ("shards", shards), ("part", part)):
        if value < 1:
            raise SettingError(f"{name}: expected at least 1, found {value}")
    ray = _import_ray()
    index = Path(os.path.realpath(index))
    run = _Run(
        index=index,
        name=name_model(index),
        k=k,
        rules=in_common_terms(rules) if rules else Filter(),
        lang=check_language(lang) if lang else None,
    )
    shares = share_out(count_rows(index), shards)
    started = not ray.is_initialized()
    if started:
        _connect(ray, address)
    try:
        yield from _answer_all(ray, run, shares, needs, part, progress)
    finally:
        if started:
            ray.shutdown()


def stream_on_ray(
    index: Path,
    needs: Iterable[Profile],
    out: Path,
    *,
    k: int = 10,
    rules: Filter | None = None,
    lang: str = "zh",
    workers: int = 1,
    address: str | None = None,
    progress: Progress | None = None,
) -> StreamedShortlists:
    """Write what `stream_shortlists` writes, made on a cluster by `shortlist_on_ray`, with ``workers`` shards.

    Parameters
    ----------
    index, needs, out, k, rules, lang, progress
        As in `stream_shortlists`. Nothing is kept of a run that is broken off.
    workers : int
        Shards of the index.
    address : str, optional
        Of the cluster, as in `shortlist_on_ray`.
    """
    as_of, expired = (rules or Filter()).as_of, 0

    def watch() -> Iterator[Profile]:
        nonlocal expired
        for need in needs:
            expired += len(list_expired([need], as_of))
            yield need

    tally = Tally()
    answers = shortlist_on_ray(index, watch(), k, rules, shards=workers, address=address, lang=lang, progress=progress)
    with open_answers(out) as writer:
        for shortlists in answers:
            writer.write_table(match_table(chain.from_iterable(shortlists)))
            tally += Tally.of(shortlists, 0)
    # Which of the needs had expired is known from the register, not from their empty lists.
    tally = replace(tally, unserved=tally.unserved - expired, expired=expired)
    return StreamedShortlists(out / SHORTLISTS, tally)


def share_out(rows: Sequence[int], shards: int) -> list[list[int]]:
    """Return for each shard the numbers of its segments, their rows as equal as large segments first make them.

    Examples
    --------
    >>> share_out([5, 90, 60, 30], 2)
    [[0, 1], [2, 3]]
    """
    shares: list[list[int]] = [[] for _ in range(max(1, min(shards, len(rows))))]
    loads = [0] * len(shares)
    for number in sorted(range(len(rows)), key=lambda number: (-rows[number], number)):
        least = loads.index(min(loads))
        shares[least].append(number)
        loads[least] += rows[number]
    return [sorted(share) for share in shares]


@dataclass(frozen=True, slots=True)
class _Run:
    """What is asked for every part: of which index in which state, how many matches, by which rules, in which words."""

    index: Path
    name: str
    k: int
    rules: Filter
    lang: Lang | None

    def open(self, segments: Sequence[int]) -> Matchmaker:
        """Return an engine that holds these segments."""
        self._check()
        engine = Matchmaker.load(self.index, segments=segments)
        self._check()
        engine.lang = self.lang or engine.lang
        return engine

    def _check(self) -> None:
        if name_model(self.index) != self.name:
            raise ModelError(f"{self.index} was changed while needs were answered from it; run the same command again")


class Shard:
    """Some segments of an index, in a process of their own.

    Achievements are named by their places in the order of all ids, which mean the same in every shard.
    """

    def __init__(self, run: _Run, segments: Sequence[int]) -> None:
        self._engine = run.open(segments)
        self._rules = run.rules

    def search(self, demand: Demand, depth: int) -> tuple[list[Found], list[Found]]:
        """Return for each need the best places of this shard and their scores, by words and by vectors."""
        supply = self._engine.supply
        found = supply.search(demand, depth, self._rules)
        words, vectors = ([(supply.order[rows], scores) for rows, scores in kind] for kind in found)
        return words, vectors

    def score(self, demand: Demand, candidates: Sequence[np.ndarray], k: int) -> list[Found]:
        """Return for each need the places and scores of the ``k`` best of the candidates that lie here."""
        ranked = self._engine.rank(demand, [self._own(places)[1] for places in candidates], self._engine.supply)
        best = [ranked.best(need, k) for need in range(len(candidates))]
        return [(ranked.supply.order[ranked.pairs.supply[pairs]], ranked.scores[pairs]) for pairs in best]

    def explain(self, demand: Demand, needs: Sequence[Profile], winners: Sequence[np.ndarray]) -> list[list[Match]]:
        """Return for each need those of its matches, given best first, that lie here."""
        own = [self._own(places) for places in winners]
        ranked = self._engine.rank(demand, [rows for _, rows in own], self._engine.supply)
        explainer = self._engine.explainer(self._engine.supply)
        with without_collecting():
            return [
                [
                    ranked.match(place, need, int(ranked.bounds[place]) + number, int(rank) + 1, explainer)
                    for number, rank in enumerate(own[place][0])
                ]
                for place, need in enumerate(needs)
            ]

    def _own(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which of the places lie here, and their rows."""
        rows = self._engine.supply.find(places)
        here = np.flatnonzero(rows >= 0)
        return here, rows[here]


def _answer_all(
    ray: Any,
    run: _Run,
    shares: Sequence[Sequence[int]],
    needs: Iterable[Profile],
    part: int,
    progress: Progress | None,
) -> Iterator[list[Shortlist]]:
    # A shard reserves no processor: one that was lost with its node must find a place on those that are left.
    remote = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1, scheduling_strategy="SPREAD")(Shard)
    parts, total = [], 0
    for profiles in cut(needs, part):
        parts.append(ray.put(pa.table({"part": [pickle.dumps(profiles)]})))
        total += len(profiles)
    if not parts:
        return
    shards = [remote.remote(run, share) for share in shares]
    try:
        dataset = ray.data.from_arrow_refs(parts)
        dataset.context.execution_options.preserve_order = True
        dataset.context.enable_progress_bars = False
        answered = dataset.map_batches(
            _answer_part,
            batch_size=None,
            batch_format="pyarrow",
            fn_kwargs={"run": run, "shards": shards},
        )
        done = 0
        for table in answered.iter_batches(batch_size=None, batch_format="pyarrow"):
            for content in table["part"].to_pylist():
                shortlists: list[Shortlist] = pickle.loads(content)
                done += len(shortlists)
                if progress:
                    progress("rank", done, total)
                yield shortlists
    except ray.exceptions.RayTaskError as error:
        # What was wrong with the index or the rules is told as on a single machine.
        cause = error.cause if isinstance(getattr(error, "cause", None), ModelError) else None
        raise (cause or error) from None
    finally:
        for shard in shards:
            ray.kill(shard)


@lru_cache(maxsize=1)
def _open_reader(run: _Run) -> Matchmaker:
    """Return an engine that reads needs; each process opens it once."""
    return run.open(())


def _answer_part(table: pa.Table, run: _Run, shards: Sequence[Any]) -> pa.Table:
    """Return the shortlists of some needs, where these were."""
    answers = [
        pickle.dumps(answer(_open_reader(run), pickle.loads(part), run.k, shards)) for part in table["part"].to_pylist()
    ]
    return pa.table({"part": answers})


def answer(reader: Matchmaker, needs: Sequence[Profile], k: int, shards: Sequence[Any]) -> list[Shortlist]:
    """Return the shortlists of some needs, asked of all shards.

    Parameters
    ----------
    reader : Matchmaker
        Reads the needs, and knows how the whole register uses its words.
    needs : sequence of Profile
    k : int
        Longest shortlist.
    shards : sequence of handles of `Shard`
    """
    ray = _import_ray()
    # Put once, it is fetched once by each node, however many of its shards read it.
    demand = ray.put(reader.ask(needs))
    depth = max(reader.candidates, k)
    found = ray.get([shard.search.remote(demand, depth) for shard in shards])
    candidates = ray.put(fuse_found(join_found(found, len(needs), depth), depth))
    scored = ray.get([shard.score.remote(demand, candidates, k) for shard in shards])
    winners = []
    for parts in zip(*scored, strict=True):
        places, scores = (np.concatenate(both) for both in zip(*parts, strict=True))
        winners.append(places[take_best(scores, places, k)])
    explained = ray.get([shard.explain.remote(demand, needs, winners) for shard in shards])
    return [
        list_matches(need, sorted(sum(parts, []), key=lambda match: match.rank), reader.threshold)
        for need, *parts in zip(needs, *explained, strict=True)
    ]


def _connect(ray: Any, address: str | None) -> None:
    """Connect to a cluster, or start one here that listens to nobody else."""
    told = {"log_to_driver": False, "logging_level": "warning"}
    if address is None:
        ray.init(address="local", include_dashboard=False, **told)
    else:
        ray.init(address=address, **told)


def _import_ray() -> Any:
    # Ray would tell its makers how it is used.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        import ray.data
        import ray.exceptions
    except ImportError as error:
        raise MissingExtraError(
            "a cluster needs Ray, which is not installed; install the extra: pip install 'matchmaker[ray]'"
        ) from error
    return ray
