import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_a_plan_is_worth_no_less_than_what_is_done_by_hand(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from event import main

    main(["--profile", "smoke", "--out", str(tmp_path)])
    content = json.loads((tmp_path / "event-smoke.json").read_text(encoding="utf-8"))
    result = content["events"]["smoke"]
    planned, greedy, first = (result["methods"][name] for name in ("planned", "greedy", "first come"))
    assert result["bound"] >= planned["worth"] >= 0.99 * max(greedy["worth"], first["worth"])
    assert planned["with_none"] <= min(greedy["with_none"], first["with_none"])
    assert content["replan"]["proven"] and content["replan"]["meetings"] == planned["meetings"]
    assert "Replan of 11 parties" in (tmp_path / "event-smoke.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("method", ["by_probability", "by_arrival"])
def test_the_methods_it_is_held_against_keep_the_rules_and_leave_no_place_unused(method, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import event as benchmark

    from matchmaker.event.filling import Filling

    board = benchmark.lay(benchmark.invent(benchmark.SIZES["smoke"], 1))
    slots = getattr(benchmark, method)(board)
    filling = Filling(board)
    for pair, slot in slots.items():
        assert slot in filling.choices(pair)
        filling.put(pair, slot)
    assert not any(filling.choices(pair) for pair in range(len(board.pairs)) if pair not in slots)
