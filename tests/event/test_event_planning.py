import itertools
from dataclasses import replace

import pytest
from event_cases import HEAD, agenda_of, dense, matches_of, needs_of, pairs_of, teams_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.docking import Apart, Meeting, Origin, Placement, Request
from matchmaker.errors import MatchmakerError, SettingError
from matchmaker.event import (
    check_timetable,
    make_candidates,
    name_parties,
    parse_agenda,
    plan_event,
    planning,
    scheduling,
    solving,
)
from matchmaker.event.board import UNIT, find_stretches, lay_board
from matchmaker.event.scheduling import Patience, solve_whole

# ------------------------------------------------------------------------------------------- a slow, obvious reference


def keeps_the_rules(board, slots):
    """Whether slots (by pair) keep every rule, counted by hand."""
    for slot in range(len(board.seats)):
        here = [pair for pair, at in slots.items() if at == slot]
        people = [int(end) for pair in here for end in (board.first[pair], board.second[pair])]
        if len(here) > board.seats[slot] or len(set(people)) < len(people):
            return False
    for row in range(len(board.parties)):
        mine = {at for pair, at in slots.items() if row in (board.first[pair], board.second[pair])}
        if len(mine) > board.most[row] or any(not board.available[row, slot] for slot in mine):
            return False
        for stretch in board.stretches:
            run = 0
            for slot in stretch:
                run = run + 1 if slot in mine else 0
                if run > board.in_a_row[row]:
                    return False
    return True


def best_by_trying(board):
    """Return the best key (locks, musts, -shortfall, worth, spread) of all timetables."""
    choices = [(None, *range(len(board.seats))) for _ in board.pairs]
    best = None
    for combination in itertools.product(*choices):
        slots = {pair: slot for pair, slot in enumerate(combination) if slot is not None}
        if any(not board.allowed[pair, slot] for pair, slot in slots.items()) or not keeps_the_rules(board, slots):
            continue
        key = scheduling.score_slots(board, slots).key()
        best = key if best is None or key > best else best
    return best


def key_of(plan, board):
    rows = {(pair.enterprise, pair.team): row for row, pair in enumerate(board.pairs)}
    slots = {rows[meeting.enterprise, meeting.team]: meeting.slot - 1 for meeting in plan.timetable.meetings}
    return scheduling.score_slots(board, slots).key()


@st.composite
def small_events(draw):
    """An event of at most seven pairs in at most three slots."""
    slots, tables = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    needs, teams = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, needs - 1), st.integers(0, teams - 1)), unique=True, min_size=1, max_size=6)
    )
    chances = {pair: draw(st.integers(1, 9)) / 10 for pair in pairs}
    extra = ""
    for name in draw(st.lists(st.sampled_from([f"企业{n}" for n in range(needs)]), unique=True, max_size=2)):
        hours = draw(st.lists(st.integers(1, slots), unique=True, min_size=1))
        extra += f'[[party]]\nname = "{name}"\navailable = {sorted(hours)}\n'
    agenda = agenda_of(
        slots,
        tables,
        most=draw(st.integers(1, 3)),
        least=draw(st.integers(0, 1)),
        in_a_row=draw(st.integers(1, 3)),
        extra=extra,
    )
    asked = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2))
    requests = [Request(f"N{n}", f"A{a}", draw(st.sampled_from(["must", "wish"]))) for n, a in asked]
    return agenda, needs_of(needs), teams_of(teams), matches_of(chances), requests


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(small_events())
def test_on_small_events_the_plan_is_as_good_as_the_best_of_all(event):
    agenda, needs, teams, matches, requests = event
    plan = plan_event(agenda, needs, teams, matches, requests=requests)
    roll = name_parties(agenda, needs, teams)
    candidates = make_candidates(agenda, roll, matches, requests=requests)
    board = lay_board(agenda.occasion.hall, roll.parties, planning.subjects_with(candidates, ()), wish=agenda.wish)
    best = best_by_trying(board)
    assert key_of(plan, board) == best
    assert plan.proven and not plan.hurried
    assert plan.timetable.bound >= best[3] / UNIT - 1e-9 and plan.timetable.value == best[3] / UNIT


@st.composite
def events(draw):
    """A hall, people and rules, larger than anybody could try by hand."""
    slots, tables = draw(st.integers(2, 8)), draw(st.integers(1, 4))
    needs, teams = draw(st.integers(2, 9)), draw(st.integers(2, 7))
    number = st.tuples(st.integers(0, needs - 1), st.integers(0, teams - 1))
    chances = draw(st.dictionaries(number, st.integers(0, 100).map(lambda n: n / 100), max_size=35))
    hour = st.integers(1, slots)
    extra = (
        "[[hall.closed]]\n" + f'table = "{draw(st.integers(1, tables))}"\nwhen = {draw(hour)}\n' if tables > 1 else ""
    )
    for name in draw(st.lists(st.sampled_from(["企业0", "企业1", "某所", "某所 团队0"]), unique=True)):
        hours = draw(st.lists(hour, unique=True, min_size=1))
        extra += f'[[party]]\nname = "{name}"\navailable = {hours}\nmost = {draw(st.integers(1, 4))}\n'
    agenda = agenda_of(
        slots,
        tables,
        most=draw(st.integers(1, 5)),
        least=draw(st.integers(0, 1)),
        in_a_row=draw(st.integers(1, 4)),
        extra=extra,
        fairness=draw(st.sampled_from([0.0, 0.05])),
    )
    pairs = draw(st.lists(number, unique=True, max_size=6))
    requests = [Request(f"N{n}", f"A{a}", draw(st.sampled_from(["must", "wish"]))) for n, a in pairs[:4]]
    vetoes = [Apart(f"N{n}", f"A{a}") for n, a in pairs[4:]]
    locks = [
        Placement(str(draw(hour)), str(draw(st.integers(1, tables))), f"N{n}", f"A{a}")
        for n, a in draw(st.lists(number, max_size=3))
    ]
    return agenda, needs_of(needs), teams_of(teams), matches_of(chances), requests, vetoes, locks


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(events())
def test_the_checker_accepts_every_plan_and_nothing_is_lost(event):
    agenda, needs, teams, matches, requests, vetoes, locks = event
    plan = plan_event(agenda, needs, teams, matches, requests=requests, vetoes=vetoes, locks=locks)
    timetable = plan.timetable
    locked = [meeting for meeting in timetable.meetings if meeting.locked]
    apart = {(row.enterprise, row.team) for row in plan.candidates if row.standing == "veto"}
    assert check_timetable(timetable, candidates=plan.candidates, apart=apart, locks=locked) == []
    assert timetable.value <= timetable.bound + 1e-9
    assert len(locked) + len([row for row in plan.rejected if " | A" in row.content]) == len(locks)
    served = {(meeting.enterprise, meeting.team) for meeting in timetable.meetings}
    told = {(item.need_id, item.achievement_id) for item in timetable.unmet}
    for row in plan.candidates:
        if row.standing in ("must", "wish"):
            assert (row.enterprise, row.team) in served or (row.need_id, row.achievement_id) in told
    assert all(item.message and item.reason for item in timetable.unmet)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(events())
def test_the_way_of_large_events_keeps_the_rules_and_its_bound_too(event):
    agenda, needs, teams, matches, requests, *_ = event
    exact = plan_event(agenda, needs, teams, matches, requests=requests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "SMALL", 0)
        plan = plan_event(agenda, needs, teams, matches, requests=requests)
    assert check_timetable(plan.timetable, candidates=plan.candidates) == []
    if not agenda.fairness and not exact.advice:
        assert plan.timetable.value <= exact.timetable.value + 1e-9 <= plan.timetable.bound + 2e-9


def test_a_large_event_in_which_the_best_pairs_do_not_fit_takes_the_next_best(monkeypatch):
    # 企业0 and 企业1 are there in slot 1 only: limits alone do not show that they cannot both sit with one team.
    monkeypatch.setattr(solving, "SMALL", 0)
    extra = '[[party]]\nname = "企业0"\navailable = 1\n[[party]]\nname = "企业1"\navailable = 1\n'
    agenda = agenda_of(3, 1, in_a_row=1, extra=extra)
    chances = {(0, 0): 0.9, (1, 0): 0.8, (2, 1): 0.7, (3, 1): 0.6, (2, 0): 0.5}
    plan = plan_event(agenda, needs_of(4), teams_of(2), matches_of(chances))
    monkeypatch.setattr(solving, "SMALL", 4000)
    exact = plan_event(agenda, needs_of(4), teams_of(2), matches_of(chances))
    assert plan.timetable.value == exact.timetable.value > 0
    assert plan.timetable.bound >= plan.timetable.value


def test_nobody_waits_or_walks_without_need():
    agenda = agenda_of(8, 4)
    plan = plan_event(agenda, needs_of(4), teams_of(4), matches_of(dense(4, 4)))
    for party in plan.timetable.parties:
        mine = list(plan.timetable.of(party))
        assert mine[-1].slot - mine[0].slot == len(mine) - 1 == 3
    changes = 0
    for party in plan.timetable.parties:
        tables = [row.table for row in plan.timetable.of(party)]
        changes += sum(left != right for left, right in zip(tables, tables[1:], strict=False))
    assert changes <= 14  # of 24; 12 if one side never gets up


def test_the_same_input_gives_the_same_plan_in_any_order():
    agenda = agenda_of(6, 3, most=4, in_a_row=2, fairness=0.01)
    matches = matches_of(dense(8, 6))
    first = plan_event(agenda, needs_of(8), teams_of(6), matches)
    again = plan_event(agenda, needs_of(8), teams_of(6), matches[::-1])
    assert first.timetable == again.timetable


# -------------------------------------------------------------------- every rule, and what happens without it


def solve_without(agenda, needs, teams, matches, monkeypatch, rule):
    """Return the checker's words on a plan made in one model that lacks one rule."""
    monkeypatch.setattr(scheduling, "RULES", tuple(item for item in scheduling.RULES if item.__name__ != rule))
    roll = name_parties(agenda, needs, teams)
    candidates = make_candidates(agenda, roll, matches)
    board = lay_board(agenda.occasion.hall, roll.parties, planning.subjects_with(candidates, ()))
    if rule == "available":
        board = replace(board, allowed=board.allowed | True)
    slots, _ = solve_whole(board, 0.0, Patience(), {}, 4.0)
    tables = {pair: agenda.occasion.hall.tables[at % len(agenda.occasion.hall.tables)] for at, pair in enumerate(slots)}
    meetings = planning.lay_meetings(agenda.occasion.hall, board, slots, tables, ())
    timetable = plan_event(agenda, needs, teams, []).timetable
    return " ".join(check_timetable(replace(timetable, meetings=meetings), lang="en"))


@pytest.mark.parametrize(
    ("rule", "agenda", "words"),
    [
        ("sit_once", agenda_of(1, 4), "tables in slot 1"),
        ("keep_to_seats", agenda_of(1, 1), "has 2 meetings in slot 1"),
        ("keep_to_most", agenda_of(4, 2, most=1), "more than 1"),
        ("keep_pauses", agenda_of(2, 2, in_a_row=1), "in a row from slot 1, more than 1"),
        ("available", agenda_of(2, 2, extra='[[party]]\nname="企业0"\navailable=1\n'), "is not there in slot 2"),
    ],
)
def test_without_a_rule_the_checker_complains(rule, agenda, words, monkeypatch):
    needs, teams = needs_of(2), teams_of(2)
    told = solve_without(agenda, needs, teams, matches_of(dense(2, 2)), monkeypatch, rule)
    assert words in told


def test_without_the_rule_to_meet_once_two_would_meet_all_day():
    agenda, needs, teams = agenda_of(3, 1), needs_of(1), teams_of(1)
    roll = name_parties(agenda, needs, teams)
    candidates = make_candidates(agenda, roll, matches_of({(0, 0): 0.9}))
    board = lay_board(agenda.occasion.hall, roll.parties, planning.subjects_with(candidates, ()))
    times = []
    for rules in (scheduling.RULES, scheduling.RULES[1:]):
        model = scheduling.SlotModel(board, [0], rules)
        model.model.maximize(model.met([0]))
        times.append(model.search(1.0, Patience())[2])
    assert times == [1, 3]
    plan = plan_event(agenda, needs, teams, matches_of({(0, 0): 0.9}))
    twice = (*plan.timetable.meetings, replace(plan.timetable.meetings[0], slot=3))
    assert any("见面 2 次" in line for line in check_timetable(replace(plan.timetable, meetings=twice)))


def test_with_all_rules_the_same_way_leads_to_no_complaint(monkeypatch):
    assert solve_without(agenda_of(2, 2), needs_of(2), teams_of(2), matches_of(dense(2, 2)), monkeypatch, "none") == ""


def test_a_faulty_plan_is_an_error_and_not_a_plan(monkeypatch):
    monkeypatch.setattr(planning, "seat", lambda hall, board, slots, locks: dict.fromkeys(slots, hall.tables[0]))
    with pytest.raises(MatchmakerError, match="没有通过检查"):
        plan_event(agenda_of(1, 2), needs_of(2), teams_of(2), matches_of(dense(2, 2)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slot": 9}, "no such slot"),
        ({"table": "Z"}, "no such table"),
        ({"enterprise": "E-9"}, "no party E-9"),
        ({"achievement_id": "A1"}, "somebody else"),
        ({"need_id": "N1", "enterprise": "E-002"}, "no candidate"),
    ],
)
def test_the_checker_sees_what_is_wrong_with_a_meeting(change, words):
    plan = plan_event(agenda_of(2, 2), needs_of(2), teams_of(2), matches_of({(0, 0): 0.5}))
    meeting = replace(plan.timetable.meetings[0], **change)
    told = check_timetable(replace(plan.timetable, meetings=(meeting,)), candidates=plan.candidates, lang="en")
    assert any(words in line for line in told)


def test_the_checker_misses_no_lock_no_veto_and_no_silence():
    agenda = agenda_of(2, 2)
    asked = [Request("N0", "A0", "must")]
    plan = plan_event(agenda, needs_of(1), teams_of(1), [], requests=asked)
    lock = Meeting(2, "2", "N0", "A0", "E-001", "T-001", 0.5, True)
    assert "不在原处" in check_timetable(plan.timetable, locks=[lock])[0]
    assert "不能见面" in check_timetable(plan.timetable, apart={("E-001", "T-001")})[0]
    empty = replace(plan.timetable, meetings=())
    assert "没有排上，也没有说明" in check_timetable(empty, candidates=plan.candidates)[0]


# ------------------------------------------------------------------------------------------ requests, vetoes, locks


def test_a_must_meet_goes_before_and_a_wish_weighs_more():
    agenda = agenda_of(1, 1)
    matches = matches_of({(0, 0): 0.9, (1, 0): 0.5, (2, 0): 0.65})
    plan = plan_event(agenda, needs_of(3), teams_of(1), matches)
    assert set(pairs_of(plan.timetable)) == {("N0", "A0")}
    plan = plan_event(agenda, needs_of(3), teams_of(1), matches, requests=[Request("N2", "A0")])
    assert set(pairs_of(plan.timetable)) == {("N2", "A0")} and plan.timetable.value == 0.975
    plan = plan_event(agenda, needs_of(3), teams_of(1), matches, requests=[Request("N1", "A0", "must")])
    assert set(pairs_of(plan.timetable)) == {("N1", "A0")}


@pytest.mark.parametrize("kind", ["vetoes", "met", "conflicts"])
def test_who_must_stay_apart_does_whatever_the_pair(kind):
    needs = [*needs_of(1), replace(needs_of(1)[0], id="N9")]
    matches = [*matches_of({(0, 0): 0.9}), replace(matches_of({(0, 0): 0.8})[0], need_id="N9")]
    parted = [Apart("某所", "企业0", "同业竞争", Origin("v.csv", "", 2))]
    plan = plan_event(agenda_of(), needs, teams_of(1), matches, **{kind: parted})
    assert plan.timetable.meetings == () and {row.standing for row in plan.candidates} == {"veto"}
    asked = [Request("N9", "A0", "wish")]
    plan = plan_event(agenda_of(), needs, teams_of(1), matches, requests=asked, **{kind: parted})
    assert plan.timetable.unmet[0].reason == "vetoed" and "同业竞争" in plan.timetable.unmet[0].message


def test_a_veto_against_a_must_meet_names_both_files_and_rows():
    asked = [Request("N0", "A0", "must", origin=Origin("企业意向.xlsx", "Sheet1", 7))]
    parted = [Apart("N0", "A0", origin=Origin("回避.csv", "", 3))]
    with pytest.raises(SettingError, match=r"企业意向.xlsx \[Sheet1\] 第 7 行.*回避.csv 第 3 行.*留一"):
        plan_event(agenda_of(), needs_of(1), teams_of(1), [], requests=asked, vetoes=parted)


def test_unknown_ids_are_set_aside_with_file_and_row():
    plan = plan_event(
        agenda_of(),
        needs_of(1),
        teams_of(1),
        matches_of({(0, 0): 0.5, (7, 0): 0.5}),
        requests=[Request("N0", "A9", "wish", origin=Origin("r.csv", "", 4))],
        vetoes=[Apart("谁", "A0", origin=Origin("v.csv", "", 5)), Apart("N0", "企业0", origin=Origin("v.csv", "", 6))],
    )
    reasons = {(row.file, row.row): row.reason for row in plan.rejected}
    assert set(reasons) == {("shortlists", 0), ("r.csv", 4), ("v.csv", 5), ("v.csv", 6)}
    assert "A9" in reasons["r.csv", 4] and "谁" in reasons["v.csv", 5] and "不是一企业一团队" in reasons["v.csv", 6]
    assert len(plan.timetable.meetings) == 1


def test_locks_stay_and_those_that_cannot_are_set_aside_with_the_reason():
    extra = '[[hall.closed]]\ntable = "2"\nwhen = 1\n[[party]]\nname = "企业2"\navailable = 1\n'
    agenda = agenda_of(3, 2, most=2, in_a_row=1, extra=extra)
    rows = [
        ("2", "1", "N0", "A0"),
        ("1", "2", "N1", "A1"),
        ("2", "1", "N1", "A1"),
        ("9", "1", "N1", "A1"),
        ("2", "X", "N1", "A1"),
        ("3", "2", "N0", "A1"),
        ("2", "2", "N2", "A1"),
        ("3", "1", "N0", "A0"),
        ("2", "2", "N7", "A1"),
    ]
    locks = [Placement(*row, origin=Origin("locks.csv", "", place)) for place, row in enumerate(rows, start=2)]
    plan = plan_event(agenda, needs_of(3), teams_of(2), matches_of(dense(3, 2)), locks=locks)
    reasons = {row.row: row.reason for row in plan.rejected}
    assert list(reasons) == list(range(3, 11))
    for row, word in {
        3: "停用",
        4: "已锁给",
        5: "没有时段",
        6: "没有桌子",
        7: "连续",
        8: "不在场",
        9: "一天只见一次",
    }.items():
        assert word in reasons[row]
    assert pairs_of(plan.timetable)["N0", "A0"] == (2, "1")
    assert [meeting.locked for meeting in plan.timetable.meetings if meeting.need_id == "N0"].count(True) == 1


# ------------------------------------------------------------------------------------------- fairness, breaks, reasons


def test_fairness_gives_up_no_more_than_its_share():
    chances = {(0, 0): 0.91, (0, 1): 0.9, (1, 0): 0.9, (1, 1): 0.2}
    needs, teams, matches = needs_of(2), teams_of(2), matches_of(chances)
    selfish = plan_event(agenda_of(1, 1), needs, teams, matches)
    assert set(pairs_of(selfish.timetable)) == {("N0", "A0")}
    tables = agenda_of(2, 1, most=2)
    two = plan_event(tables, needs, teams, matches)
    assert two.timetable.value == 1.81
    fair = plan_event(replace(tables, fairness=0.01), needs, teams, matches)
    assert fair.timetable.value == 1.8  # 0.55 % less, and everybody meets somebody
    people = {name for meeting in fair.timetable.meetings for name in (meeting.enterprise, meeting.team)}
    assert len(people) == 4 and fair.timetable.bound == 1.81


def test_a_break_ends_a_row_of_meetings():
    text = 'slots = { start = "9:00", end = "11:00", minutes = 20, breaks = ["9:40-10:20"] }\n'
    agenda = parse_agenda(HEAD + text + "hall.tables = 1\nenterprises.in_a_row = 2\n")
    assert find_stretches(agenda.occasion.hall) == ((0, 1), (2, 3))
    plan = plan_event(agenda, needs_of(1), teams_of(4), matches_of(dense(1, 4)))
    assert len(plan.timetable.meetings) == 4


@pytest.mark.parametrize(
    ("agenda", "chances", "reason"),
    [
        (agenda_of(1, 1), {(0, 0): 0.9}, "no_candidates"),
        (agenda_of(1, 1), {(0, 0): 0.9, (1, 1): 0.5}, "hall_full"),
        (agenda_of(2, 2, most=1), {(0, 0): 0.9, (1, 0): 0.5}, "partners_full"),
    ],
)
def test_who_is_not_served_learns_why(agenda, chances, reason):
    plan = plan_event(agenda, needs_of(2), teams_of(2), matches_of(chances))
    told = {item.party: item for item in plan.timetable.unmet}
    assert told["E-002"].reason == reason and "企业1" in told["E-002"].message


def test_what_cannot_be_met_comes_with_the_smallest_change_that_would_do():
    asked = [Request("N0", "A0", "must"), Request("N0", "A1", "must")]
    people = needs_of(1), teams_of(2)
    plan = plan_event(agenda_of(2, 1, most=1), *people, [], requests=asked)
    assert "允许企业0最多2场" in plan.advice[0] and "张桌子" not in plan.advice[0]
    assert plan.timetable.unmet[0].reason == "enterprise_full"
    asked = [Request("N0", "A0", "must"), Request("N1", "A1", "must"), Request("N2", "A2", "must")]
    plan = plan_event(agenda_of(1, 1), needs_of(3), teams_of(3), [], requests=asked)
    assert "第1时段再加2张桌子" in plan.advice[0]
    plan = plan_event(agenda_of(1, 1), needs_of(3), teams_of(3), [], requests=asked, lang="en")
    assert "add 2 table(s) in slot 1" in plan.advice[0]


def test_a_remedy_that_is_followed_does():
    extra = '[[party]]\nname = "企业0"\navailable = 1\n[[party]]\nname = "某所 团队0"\navailable = 2\n'
    asked = [Request("N0", "A0", "must")]
    plan = plan_event(agenda_of(2, 1, extra=extra), needs_of(1), teams_of(1), [], requests=asked)
    assert plan.timetable.unmet[0].reason == "not_available"
    assert "请某所 团队0在第1时段到场" in plan.advice[0] or "请企业0在第2时段到场" in plan.advice[0]
    wider = extra.replace("available = 2", "available = [1, 2]").replace("available = 1\n", "available = [1, 2]\n")
    plan = plan_event(agenda_of(2, 1, extra=wider), needs_of(1), teams_of(1), [], requests=asked)
    assert len(plan.timetable.meetings) == 1 and not plan.advice


# ----------------------------------------------------------------------------------------------------------- parties


def test_parties_of_one_spelling_and_of_one_name():
    needs = needs_of(3)
    needs = [
        replace(needs[0], organisation="大连（衡澜）储能"),
        replace(needs[1], organisation="大连(衡澜) 储能"),
        replace(needs[2], organisation="某所"),
    ]
    teams = [
        replace(teams_of(1)[0], id=f"A{place}", organisation=organisation, extra={header: "王伟"})
        for place, (organisation, header) in enumerate(
            [("某所", "负责人"), ("某所", "负责人"), ("某大学", "项目负责人"), ("某所", "联系人（电话）")]
        )
    ]
    alone = replace(teams[0], id="A9", extra={})
    roll = name_parties(agenda_of(), needs, [*teams, alone])
    assert [party.name for party in roll.parties.values()] == [
        *("大连（衡澜）储能", "某所", "某所 王伟", "某大学 王伟", "成果0"),
    ]
    assert roll.parties["T-001"].profiles == ("A0", "A1", "A3")
    told = [notice.message for notice in roll.notices]
    assert any("按同一方处理" in line for line in told)
    assert any("既是企业又是成果团队" in line for line in told)
    assert any("分属 某所 与 某大学" in line for line in told)
    assert roll.find("某所", "team") == ("T-001", "T-003") and roll.find("A9") == ("T-003",)


def test_what_a_program_gives_wrongly_is_named():
    people = needs_of(2), teams_of(2)
    matches = matches_of(dense(2, 2))
    with pytest.raises(SettingError, match="choose one of zh, en"):
        plan_event(agenda_of(), *people, matches, lang="fr")
    plan = plan_event(agenda_of(), *people, matches, requests=[Request("N0", "A0", "maybe")], lang="en")
    assert [one.reason for one in plan.rejected] == ['the standing "maybe" is unknown; there are must, wish, veto']


def test_an_exception_cannot_ask_for_more_than_its_party_may_have():
    agenda = agenda_of(most=2, extra='[[party]]\nname = "企业1"\nleast = 3\n')
    with pytest.raises(SettingError, match="第 17 行：least 为 3，大于 most 2"):
        plan_event(agenda, needs_of(2), teams_of(2), matches_of(dense(2, 2)))
