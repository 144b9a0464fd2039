from dataclasses import replace

import pytest
from event_cases import HEAD, agenda_of, dense, matches_of, needs_of, pairs_of, placements_of, teams_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.docking import Change, Origin, Request
from matchmaker.errors import SettingError
from matchmaker.event import check_timetable, count_begun, parse_agenda, plan_event, replan_event
from matchmaker.records import Match

PEOPLE = needs_of(6), teams_of(5)
MATCHES = matches_of(dense(6, 5))


def plan_again(agenda, changes, now="2", people=PEOPLE, matches=MATCHES, **tables):
    first = plan_event(agenda, *people, matches, **tables)
    again = replan_event(
        agenda, *people, matches, before=placements_of(first.timetable), changes=changes, now=now, **tables
    )
    return first, again


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_happens_the_past_stays_and_only_who_is_hit_moves(data):
    slots, tables = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 4))
    agenda = agenda_of(slots, tables, most=4, in_a_row=data.draw(st.integers(1, 3)))
    now = data.draw(st.integers(0, slots))
    hour = st.sampled_from(["", *(str(slot) for slot in range(1, slots + 1))])
    who = st.sampled_from(["企业0", "企业1", "某所 团队0", "N2", "A3"])
    changes = data.draw(
        st.lists(
            st.one_of(
                st.builds(Change, st.just("cancel"), who, start=hour),
                st.builds(Change, st.just("table"), table=st.integers(1, tables).map(str), start=hour, end=hour),
                st.builds(Change, st.just("overrun"), who, end=st.integers(1, slots).map(str)),
                st.builds(Change, st.sampled_from(["must", "wish"]), st.just("企业4"), st.sampled_from(["A2", "A4"])),
                st.builds(Change, st.just("veto"), st.just("企业5"), st.just("A1")),
                st.builds(Change, st.just("walk_in"), st.just("新来的"), st.just("A0"), limit=st.integers(1, 2)),
            ),
            max_size=4,
        )
    )
    asked = [Request("N0", "A4"), Request("N3", "A3"), Request("N5", "A4")]
    first, again = plan_again(agenda, changes, str(now), requests=asked)
    before, after = pairs_of(first.timetable), pairs_of(again.timetable)
    assert check_timetable(again.timetable) == []
    for pair, place in before.items():
        if place[0] <= now:
            assert after[pair] == place
    assert not any(place[0] <= now for pair, place in after.items() if pair not in before)
    # A meeting is hit if its people, or its table, are not there any more; no other may move without a new must-meet.
    hall, parties = again.timetable.occasion.hall, again.timetable.parties
    apart = {(row.enterprise, row.team) for row in again.candidates if row.standing == "veto"}
    hit = {
        (meeting.need_id, meeting.achievement_id)
        for meeting in first.timetable.meetings
        if meeting.slot > now
        and (
            (meeting.slot, meeting.table) in hall.closed
            or (meeting.enterprise, meeting.team) in apart
            or any(meeting.slot not in parties[name].available for name in (meeting.enterprise, meeting.team))
        )
    }
    changed = {(meeting.need_id, meeting.achievement_id) for meeting in again.changes.dropped}
    changed |= {(old.need_id, old.achievement_id) for old, _ in again.changes.moved}
    assert hit <= changed
    if not any(change.kind == "must" for change in changes):
        assert changed == hit
    told = {(item.need_id, item.achievement_id): item.message for item in again.timetable.unmet}
    assert all(told[meeting.need_id, meeting.achievement_id] for meeting in again.changes.dropped)


def test_nothing_changes_without_a_change():
    first, again = plan_again(agenda_of(4, 3, most=4), [])
    assert first.timetable.meetings == again.timetable.meetings
    assert again.changes == type(again.changes)() and again.timetable.value == first.timetable.value


def test_a_broken_table_moves_its_meetings_to_a_free_one():
    _, again = plan_again(agenda_of(4, 4, most=3), [Change("table", table="1", start="3", end="3")])
    assert not again.changes.dropped and len(again.changes.moved) == 1
    old, new = again.changes.moved[0]
    assert (old.slot, old.table) == (3, "1") and (new.slot, new.table) != (3, "1") and new.slot > 2


def test_who_lost_a_meeting_gets_another_one_where_there_is_a_place():
    agenda = agenda_of(3, 1, most=1)
    matches = matches_of({(0, 0): 0.9, (1, 1): 0.8, (2, 2): 0.7, (3, 1): 0.6})
    first = plan_event(agenda, *PEOPLE, matches)
    gone = next(meeting for meeting in first.timetable.meetings if meeting.need_id == "N1")
    now = str(gone.slot - 1)
    again = replan_event(
        agenda, *PEOPLE, matches, before=placements_of(first.timetable), changes=[Change("cancel", "企业1")], now=now
    )
    assert pairs_of(again.timetable)["N3", "A1"][0] == gone.slot
    assert [meeting.need_id for meeting in again.changes.dropped] == ["N1"]
    told = {(item.need_id, item.achievement_id): item for item in again.timetable.unmet}
    assert told["N1", "A1"].reason == "cancelled" and "企业1临时缺席" in told["N1", "A1"].message


def test_a_new_must_meet_moves_as_few_as_it_needs():
    agenda = agenda_of(3, 1, most=2)
    matches = matches_of({(0, 0): 0.9, (1, 1): 0.8, (2, 2): 0.7})
    first = plan_event(agenda, *PEOPLE, matches)
    again = replan_event(
        agenda,
        *PEOPLE,
        matches,
        before=placements_of(first.timetable),
        changes=[Change("must", "企业0", "A2")],
        now="0",
    )
    assert ("N0", "A2") in pairs_of(again.timetable)
    assert [meeting.need_id for meeting in again.changes.dropped] in (["N0"], ["N2"])
    assert not again.changes.moved and len(again.changes.added) == 1


def test_a_locked_meeting_does_not_move_for_a_must_meet():
    agenda = agenda_of(1, 1)
    first = plan_event(agenda, *PEOPLE, matches_of({(0, 0): 0.9}))
    rows = [replace(row, locked=True) for row in placements_of(first.timetable)]
    changes = [Change("must", "企业0", "A1")]
    again = replan_event(agenda, *PEOPLE, matches_of({(0, 0): 0.9}), before=rows, changes=changes, now="0")
    assert set(pairs_of(again.timetable)) == {("N0", "A0")} and again.timetable.meetings[0].locked
    assert ("N0", "A1") in {(item.need_id, item.achievement_id) for item in again.timetable.unmet}


def test_a_walk_in_who_is_in_no_register_gets_a_place():
    changes = [Change("walk_in", "新来的公司", "A4", limit=1, comment="想找隔膜"), Change("walk_in", "无名")]
    first, again = plan_again(agenda_of(6, 5, most=4, team_most=8), changes)
    assert len(again.changes.added) == 1
    added = again.changes.added[0]
    assert added.need_id == "+新来的公司" and added.slot > 2
    assert again.timetable.parties[added.enterprise].most == 1
    assert [row.reason for row in again.rejected] == ["“无名”不在登记表中：请在“对方”一栏写明想见谁，或先登记再重排"]


def test_a_meeting_that_runs_over_keeps_its_table_and_people():
    text = HEAD + 'slots = { start = "9:00", end = "10:40", minutes = 20 }\nhall.tables = 3\n[plan]\nfairness = 0.0\n'
    agenda = parse_agenda(text)
    assert count_begun(agenda.occasion.hall, "9:25") == 2
    first, again = plan_again(agenda, [Change("overrun", "企业0", end="9:55")], "9:25")
    late = max((row for row in first.timetable.of("E-001") if row.slot <= 2), key=lambda row: row.slot)
    assert late.slot == 2 and again.timetable.occasion.hall.closed == {(3, late.table)}
    assert not any(meeting.slot == 3 for meeting in again.timetable.of("E-001"))


def test_rows_that_mean_nothing_are_set_aside_with_file_and_row():
    rows = [
        Change("cancel", "谁"),
        Change("table", table="77"),
        Change("cancel", "企业0", start="25:99"),
        Change("must", "企业0", "企业1"),
        Change("veto", "企业0", ""),
        Change("overrun", "谁", end="3"),
        Change("cancel", "企业0", start="4", end="3"),
        Change("rain", "企业0"),
    ]
    rows = [replace(row, origin=Origin("变动.csv", "", place)) for place, row in enumerate(rows, start=2)]
    first, again = plan_again(agenda_of(4, 3, most=4), rows)
    assert [(row.file, row.row) for row in again.rejected] == [("变动.csv", place) for place in range(2, 10)]
    assert again.timetable.meetings == first.timetable.meetings


def test_a_veto_of_today_outweighs_the_must_meet_of_yesterday():
    asked = [Request("N0", "A0", "must")]
    first, again = plan_again(agenda_of(4, 3), [Change("veto", "企业0", "A0")], "0", requests=asked)
    assert ("N0", "A0") in pairs_of(first.timetable) and ("N0", "A0") not in pairs_of(again.timetable)
    assert [meeting.need_id for meeting in again.changes.dropped] == ["N0"]


def test_now_must_be_a_time_of_the_day():
    with pytest.raises(SettingError, match="“noon”"):
        plan_again(agenda_of(), [], "noon")


def test_registers_may_have_changed_since():
    agenda = agenda_of(4, 3, most=4)
    first = plan_event(agenda, *PEOPLE, MATCHES)
    needs = PEOPLE[0][1:]
    again = replan_event(
        agenda,
        needs,
        PEOPLE[1],
        [Match("N1", "A0", 1, 0.0, 0.5)],
        before=placements_of(first.timetable),
        changes=[],
        now="0",
    )
    lost = [row for row in first.timetable.meetings if row.need_id == "N0"]
    assert len(again.rejected) == len(lost) and "N0" in again.rejected[0].reason
    assert len(again.timetable.meetings) == len(first.timetable.meetings) - len(lost)


def test_rows_of_a_damaged_plan_that_contradict_each_other_are_set_aside():
    agenda = agenda_of(4, 3, most=4)
    first = placements_of(plan_event(agenda, *PEOPLE, MATCHES).timetable)
    seat = first[0]
    doubled = [
        replace(seat, need_id="N9", origin=Origin("timetable.csv", "", 90)),
        replace(seat, table="3", origin=Origin("timetable.csv", "", 91)),
        replace(seat, achievement_id=first[-1].achievement_id, origin=Origin("timetable.csv", "", 92)),
    ]
    again = replan_event(agenda, *PEOPLE, MATCHES, before=[*first, *doubled], changes=[], now="4")
    assert [(one.file, one.row) for one in again.rejected] == [("timetable.csv", row) for row in (90, 91, 92)]
    assert len(again.timetable.meetings) == len(first)
