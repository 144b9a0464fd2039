from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from docking_day import build_day, build_hostile
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.docking import Changes, Slot
from matchmaker.files import name_files
from matchmaker.report import write_calendars

DAY = build_day()


def read(path):
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    return [part for part in calendar.walk("VEVENT") if part["status"] != "CANCELLED"], calendar


def test_every_party_finds_its_meetings_with_hour_table_partner_and_subject(tmp_path):
    written = write_calendars(DAY, tmp_path / "calendars")
    assert written.notices == ()
    assert set(written.files) == {side for m in DAY.timetable.meetings for side in (m.enterprise, m.team)}
    for id, path in written.files.items():
        events, _ = read(path)
        meetings = list(DAY.timetable.of(id))
        assert [event.start.replace(tzinfo=None) for event in events] == [
            DAY.timetable.occasion.begins(meeting.slot) for meeting in meetings
        ]
        for event, meeting in zip(events, meetings, strict=True):
            partner = DAY.name_party(meeting.team if id == meeting.enterprise else meeting.enterprise)
            assert partner in event["summary"]
            assert partner in event["description"]
            assert DAY.title_need(meeting.need_id) in event["description"]
            assert DAY.title_achievement(meeting.achievement_id) in event["description"]
            assert event["location"].startswith("大连国际会议中心 3 层 ")
            assert meeting.table in event["location"]
            assert event.start.utcoffset() == timedelta(hours=8)
            assert event.start.tzname() is not None
            assert event.end - event.start == timedelta(minutes=20)
            assert event["dtstamp"].dt == datetime(2026, 11, 16, tzinfo=UTC)


def test_the_time_zone_is_written_out(tmp_path):
    _, calendar = read(write_calendars(DAY, tmp_path).files["E-1"])
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == "Asia/Shanghai"
    assert zone.to_tz().utcoffset(datetime(2026, 11, 20)) == timedelta(hours=8)


def test_a_meeting_keeps_its_identity_when_it_moves_and_no_two_share_one(tmp_path):
    before = DAY.timetable.meetings[0]
    moved = replace(before, slot=6, table="3")
    meetings = (*DAY.timetable.meetings[1:], moved)
    later = build_day(timetable=replace(DAY.timetable, meetings=meetings), changes=None, candidates=())
    first, second = (write_calendars(day, tmp_path / name) for name, day in (("a", DAY), ("b", later)))
    old, new = ({event["uid"]: event.start for event in read(one.files["T-1"])[0]} for one in (first, second))
    assert new.keys() == old.keys()
    assert [(old[uid].hour, new[uid].hour) for uid in new if new[uid] != old[uid]] == [(9, 10)]
    uids = [event["uid"] for path in first.files.values() for event in read(path)[0]]
    assert len(set(uids)) == len(uids) == 2 * len(DAY.timetable.meetings)


def test_a_meeting_that_was_cancelled_says_so(tmp_path):
    path = write_calendars(DAY, tmp_path).files["E-1"]
    cancelled = [event for event in read(path)[1].walk("VEVENT") if event["status"] == "CANCELLED"]
    assert len(cancelled) == 1
    assert "T-9" in cancelled[0]["summary"]


def test_slots_without_hours_give_no_entries_and_it_is_said(tmp_path):
    none = write_calendars(build_day(hours=False), tmp_path / "none")
    assert none.files == {}
    assert "18 场会面" in none.notices[0]
    assert "没有生成" in none.notices[1]
    assert not (tmp_path / "none").exists()
    hall = DAY.timetable.occasion.hall
    some = replace(DAY.timetable.occasion, hall=replace(hall, slots=(Slot(1), *hall.slots[1:])))
    day = build_day("en", timetable=replace(DAY.timetable, occasion=some), changes=Changes())
    written = write_calendars(day, tmp_path / "some")
    assert written.notices == ("Calendars: slots 1 have no hours, so their 4 meetings are in no calendar file.",)
    total = sum(len(read(path)[0]) for path in written.files.values())
    assert total == 2 * (len(day.timetable.meetings) - 4)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one, two = (write_calendars(DAY, tmp_path / name).files for name in "ab")
    assert {id: path.name for id, path in one.items()} == {id: path.name for id, path in two.items()}
    assert all(one[id].read_bytes() == two[id].read_bytes() for id in one)


def test_hostile_names_stay_inside_the_folder_and_inside_their_lines(tmp_path):
    day = build_hostile()
    written = write_calendars(day, tmp_path)
    assert len(list(tmp_path.iterdir())) == len(written.files) == len(day.parties)
    for path in written.files.values():
        data = path.read_bytes()
        assert b"\r\nBEGIN:VALARM" not in data
        assert all(len(line) <= 75 for line in data.split(b"\r\n"))
        assert read(path)[0]


@given(st.lists(st.text(max_size=90), max_size=12))
def test_file_names_are_different_and_safe_on_every_system(names):
    found = name_files(names)
    assert found == name_files(names)
    assert len({name.casefold() for name in found}) == len(names)
    for name in found:
        assert name and name[0] not in " ." and name[-1] not in " ."
        assert len(name.encode()) <= 250
        assert not set(name) & set('<>:"/\\|?*\n\t')
        assert name.isprintable() or " " not in name


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "LPT9", "con.txt", "..", "a/../b", "aux."])
def test_names_that_windows_keeps_for_itself_are_changed(name):
    (found,) = name_files([name])
    assert found.casefold().split(".")[0] not in ("con", "nul", "com1", "lpt9", "aux", "")
    assert found not in (".", "..")
