"""How much a planned event is worth beside what organisers do by hand, and how long planning takes.

    python benchmarks/event.py                    # a small event, and one of 200 enterprises and 150 teams
    python benchmarks/event.py --profile small

Every method keeps the same rules. Greedy takes pairs by probability, each into the first slot and table that fits;
first come, first served lets one enterprise after the other take its list from the top. Writes
``benchmarks/results/event-PROFILE.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from results import RESULTS, describe_in_words, describe_run, draw_table, write_results

from matchmaker.docking import Change, Placement, Request
from matchmaker.event import Agenda, Plan, make_candidates, name_parties, parse_agenda, plan_event, replan_event
from matchmaker.event.board import UNIT, Board, lay_board
from matchmaker.event.filling import Filling
from matchmaker.event.planning import subjects_with
from matchmaker.records import Match, Profile


@dataclasses.dataclass(frozen=True)
class Size:
    """How large an event is."""

    enterprises: int
    teams: int
    slots: int
    tables: int
    pairs: int


SIZES = {
    "small": Size(enterprises=30, teams=24, slots=10, tables=8, pairs=240),
    "bar": Size(enterprises=200, teams=150, slots=20, tables=40, pairs=3000),
    "replan": Size(enterprises=120, teams=80, slots=20, tables=28, pairs=1800),
}
PROFILES = {"full": ("small", "bar"), "small": ("small",), "smoke": ("smoke",)}
SIZES["smoke"] = Size(enterprises=6, teams=5, slots=4, tables=3, pairs=20)


@dataclasses.dataclass(frozen=True)
class Event:
    """An invented event."""

    agenda: Agenda
    needs: list[Profile]
    achievements: list[Profile]
    matches: list[Match]
    requests: list[Request]


def invent(size: Size, seed: int) -> Event:
    """Return an event with popular teams, people who stay half the day, and wishes for one pair in ten."""
    rng = np.random.default_rng(seed)
    popular = rng.zipf(1.8, size.teams).clip(1, 30).astype(float)
    chances = 0.5 * popular / popular.sum() + 0.5 / size.teams
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < size.pairs:
        pairs.add((int(rng.integers(size.enterprises)), int(rng.choice(size.teams, p=chances))))
    text = (
        f'id = "B"\nname = "invented"\ndate = 2026-11-20\nslots = {size.slots}\n[hall]\ntables = {size.tables}\n'
        "[enterprises]\nleast = 1\nmost = 6\nin_a_row = 4\n[teams]\nmost = 8\nin_a_row = 4\n"
    )
    half = size.slots // 2
    for side, count in (("E", size.enterprises), ("T", size.teams)):
        for number in np.flatnonzero(rng.random(count) < 0.4).tolist():
            first = int(rng.choice([1, half + 1]))
            text += f'[[party]]\nname = "{side}{number}"\navailable = {list(range(first, first + half))}\n'
    needs = [Profile(f"N{n}", "need", f"N{n}", organisation=f"E{n}") for n in range(size.enterprises)]
    teams = [Profile(f"A{n}", "achievement", f"A{n}", extra={"team": f"T{n}"}) for n in range(size.teams)]
    likely = np.round(rng.beta(2, 3, len(pairs)), 4).tolist()
    ordered = sorted(zip(sorted(pairs), likely, strict=True), key=lambda item: (item[0][0], -item[1]))
    matches = [Match(f"N{n}", f"A{a}", 1, 0.0, chance) for (n, a), chance in ordered]
    wished = np.flatnonzero(rng.random(len(matches)) < 0.1).tolist()
    requests = [Request(matches[place].need_id, matches[place].achievement_id) for place in wished]
    return Event(parse_agenda(text), needs, teams, matches, requests)


def lay(event: Event) -> Board:
    """Return the event as the planner sees it."""
    roll = name_parties(event.agenda, event.needs, event.achievements)
    candidates = make_candidates(event.agenda, roll, event.matches, requests=event.requests)
    subjects = subjects_with(candidates, ())
    return lay_board(event.agenda.occasion.hall, roll.parties, subjects, wish=event.agenda.wish)


def fill_in_order(board: Board, order: Sequence[int]) -> dict[int, int]:
    """Put pairs into the first slot that fits, in an order."""
    filling = Filling(board)
    for pair in order:
        choices = filling.choices(pair)
        if choices:
            filling.put(pair, min(choices))
    return filling.slots


def by_probability(board: Board) -> dict[int, int]:
    """Plan as organisers do by hand: the likeliest pair first."""
    return fill_in_order(board, sorted(range(len(board.pairs)), key=lambda pair: -board.pairs[pair].probability))


def by_arrival(board: Board) -> dict[int, int]:
    """First come, first served: each enterprise in turn takes what it likes best."""
    keys = [(int(board.first[pair]), -board.pairs[pair].probability) for pair in range(len(board.pairs))]
    return fill_in_order(board, sorted(range(len(board.pairs)), key=keys.__getitem__))


def slots_of(plan: Plan, board: Board) -> dict[int, int]:
    """Return a plan as slots by pair."""
    rows = {(pair.enterprise, pair.team): row for row, pair in enumerate(board.pairs)}
    return {rows[meeting.enterprise, meeting.team]: meeting.slot - 1 for meeting in plan.timetable.meetings}


def measure(board: Board, slots: dict[int, int]) -> dict[str, float]:
    """Return what a timetable is worth, for all and for those whom it serves worst.

    Parties count that somebody could meet. ``worst`` is the expected worthwhile meetings of the worst served one, and
    ``lowest_tenth`` the mean over the tenth that is served worst.
    """
    served = np.zeros(len(board.parties))
    for pair in slots:
        for row in (board.first[pair], board.second[pair]):
            served[row] += board.pairs[pair].probability
    has = np.array([board.allowed[pairs].any() if len(pairs) else False for pairs in board.of_party])
    order = np.sort(served[has])
    return {
        "worth": float(board.worth[list(slots)].sum()) / UNIT,
        "meetings": float(len(slots)),
        "worst": float(order[0]),
        "lowest_tenth": float(order[: max(1, len(order) // 10)].mean()),
        "with_none": float((order == 0).sum()),
    }


def run_size(name: str, seed: int) -> dict[str, object]:
    """Plan one event in three ways."""
    event = invent(SIZES[name], seed)
    board = lay(event)
    start, began = time.perf_counter(), time.process_time()
    plan = plan_event(event.agenda, event.needs, event.achievements, event.matches, requests=event.requests)
    seconds, work = time.perf_counter() - start, time.process_time() - began
    return {
        "size": dataclasses.asdict(SIZES[name]),
        "seconds": round(seconds, 1),
        "processor_seconds": round(work, 1),
        "gap": round(plan.timetable.gap, 5),
        "bound": plan.timetable.bound,
        "proven": plan.proven,
        "stopped_by_clock": plan.hurried,
        "methods": {
            "planned": measure(board, slots_of(plan, board)),
            "greedy": measure(board, by_probability(board)),
            "first come": measure(board, by_arrival(board)),
        },
    }


def run_replan(name: str, seed: int) -> dict[str, object]:
    """Plan an event, let people and tables fall out in the middle of it, and plan the rest again."""
    event = invent(SIZES[name], seed)
    arguments = (event.agenda, event.needs, event.achievements, event.matches)
    timetable = plan_event(*arguments, requests=event.requests).timetable
    before = [
        Placement(str(row.slot), row.table, row.need_id, row.achievement_id, row.probability, row.locked)
        for row in timetable.meetings
    ]
    now = str(SIZES[name].slots // 3)
    changes = [Change("cancel", "E1"), Change("cancel", "T2"), Change("table", table="2"), Change("must", "N3", "A4")]
    start, began = time.perf_counter(), time.process_time()
    plan = replan_event(*arguments, before=before, changes=changes, now=now, requests=event.requests)
    return {
        "size": dataclasses.asdict(SIZES[name]),
        "parties": SIZES[name].enterprises + SIZES[name].teams,
        "meetings": len(timetable.meetings),
        "seconds": round(time.perf_counter() - start, 2),
        "processor_seconds": round(time.process_time() - began, 2),
        "moved": len(plan.changes.moved),
        "dropped": len(plan.changes.dropped),
        "added": len(plan.changes.added),
        "proven": plan.proven,
    }


def describe(found: dict[str, dict[str, object]], replanned: dict[str, object]) -> str:
    """Return the results as Markdown."""
    rows = []
    for name, result in found.items():
        methods = result["methods"]
        for method, values in methods.items():
            share = {key: values[key] / methods["greedy"][key] if methods["greedy"][key] else None for key in values}
            shown = [f"{share[key]:.3f}" if share[key] is not None else "–" for key in ("worth", "lowest_tenth")]
            took = f"{result['processor_seconds']} ({result['seconds']})"
            extra = [f"{100 * result['gap']:.2f} %", took] if method == "planned" else ["", ""]
            rows.append(
                [
                    name,
                    method,
                    f"{values['worth']:.1f}",
                    shown[0],
                    f"{values['worst']:.2f}",
                    f"{values['lowest_tenth']:.2f}",
                    shown[1],
                    f"{values['with_none']:.0f}",
                    *extra,
                ]
            )
    head = [
        "event",
        "method",
        "worth",
        "of greedy",
        "worst",
        "lowest tenth",
        "of greedy",
        "with none",
        "gap",
        "processor s (clock)",
    ]
    again = (
        f"Replan of {replanned['parties']} parties with {replanned['meetings']} meetings after two cancellations, a "
        f"broken table and a new must-meet: {replanned['processor_seconds']} s of one processor "
        f"({replanned['seconds']} s by the clock), {replanned['moved']} moved, "
        f"{replanned['dropped']} dropped, {replanned['added']} added."
    )
    return draw_table(head, rows) + "\n\n" + again + "\n"


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    found = {name: run_size(name, chosen.seed) for name in PROFILES[chosen.profile]}
    replanned = run_replan("replan" if chosen.profile == "full" else PROFILES[chosen.profile][0], chosen.seed)
    run = describe_run(chosen.seed, {})
    content = {"run": run, "events": found, "replan": replanned}
    text = f"# Docking events\n\n{describe_in_words(run)}\n\n{describe(found, replanned)}"
    for path in write_results(chosen.out, f"event-{chosen.profile}", content, text):
        print(path)
    return content


if __name__ == "__main__":
    main()
