"""Registers indexed and shortlisted in parts, against doing it in one go."""

import dataclasses
import json
import os
import subprocess
import sys
from itertools import chain

import numpy as np
import pyarrow.parquet as pq
import pytest
from matching import HashEncoder, achievement, invent_profiles

from matchmaker import Filter, Matchmaker, read_shortlists
from matchmaker.batch import indexing, parts, shortlisting, stream_shortlists, update_index
from matchmaker.errors import MatchmakerError, ModelError, RecordError, SettingError
from matchmaker.samples import sample_path
from matchmaker.tables.shortlists import match_table

REGISTER = invent_profiles("achievement", 70)
NEEDS = invent_profiles("need", 23)


def fresh_engine(**settings):
    return Matchmaker(quality="fast", **settings)


def rows_of(engine, needs=NEEDS, **settings):
    return match_table(chain.from_iterable(engine.shortlist(needs, **settings))).to_pylist()


def read_rows(path):
    return pq.read_table(path).to_pylist()


@pytest.fixture
def index(tmp_path):
    update_index(tmp_path / "index", REGISTER, fresh_engine(), part=16)
    return tmp_path / "index"


def test_an_index_made_in_parts_is_the_register_fitted_at_once(index):
    engine = Matchmaker.load(index)
    assert engine.shortlist(NEEDS) == fresh_engine().fit(REGISTER).shortlist(NEEDS)
    assert list(engine.achievements) == REGISTER
    assert len(engine.supply.parts) == 1
    # Nothing of the work is left behind.
    assert sorted(file.name for file in index.iterdir() if file.is_dir())[-1] == "segments"
    assert len(list((index / "segments").iterdir())) == 1 and not (index / "unfinished").exists()


def change(register):
    """The register a month later: two changed, two gone, three new."""
    changed = [dataclasses.replace(one, description=one.description + "已完成中试。") for one in register[5:7]]
    return [*register[:5], *changed, *register[9:], *(achievement(f"Z-{n}", f"新成果{n}电解液") for n in range(3))]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_month_later_only_what_changed_is_read(index, workers, monkeypatch):
    later = change(REGISTER)
    update = update_index(index, later, fresh_engine(), workers=workers, part=16, total=len(later))
    assert (update.kept, update.read, update.gone, update.resumed) == (66, 5, 2, 0)
    expected = fresh_engine().fit(later).shortlist(NEEDS)
    assert update.engine.shortlist(NEEDS) == expected
    assert Matchmaker.load(index).shortlist(NEEDS) == expected
    again = update_index(index, later, fresh_engine(), part=16)
    assert (again.kept, again.read, again.gone) == (71, 0, 0)
    assert again.engine.shortlist(NEEDS) == expected


def test_an_index_read_with_other_terms_is_made_anew(index):
    engine = fresh_engine(terms=["海参育苗水质"])
    update = update_index(index, REGISTER, engine)
    assert (update.kept, update.read) == (0, 70)
    assert Matchmaker.load(index).lexicon.terms == {"海参育苗水质"}


class Killed(BaseException):
    pass


def test_an_update_that_was_killed_goes_on_where_it_stopped(index, monkeypatch):
    before = Matchmaker.load(index).shortlist(NEEDS)
    later = [dataclasses.replace(one, description=one.description + "可转让。") for one in REGISTER]
    written = indexing.write_segment

    def count_down(*arguments, left=[3]):  # noqa: B006
        left[0] -= 1
        if not left[0]:
            raise Killed
        return written(*arguments)

    monkeypatch.setattr(indexing, "write_segment", count_down)
    with pytest.raises(Killed):
        update_index(index, later, fresh_engine(), part=16)
    monkeypatch.undo()
    # Until it is finished, the index is the one before.
    assert Matchmaker.load(index).shortlist(NEEDS) == before
    update = update_index(index, later, fresh_engine(), part=16)
    assert (update.kept, update.read, update.resumed) == (0, 70, 32)
    assert update.engine.shortlist(NEEDS) == fresh_engine().fit(later).shortlist(NEEDS)


@pytest.mark.parametrize("damage", ["note", "segment", "cut"])
def test_a_finished_part_that_was_damaged_is_done_again(index, damage, monkeypatch):
    later = [dataclasses.replace(one, description=one.description + "可转让。") for one in REGISTER]
    monkeypatch.setattr(indexing, "_join_small", lambda *_: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        update_index(index, later, fresh_engine(), part=16)
    monkeypatch.undo()
    note = sorted((index / "unfinished").glob("*.json"))[0]
    if damage == "note":
        note.write_text("{")
    else:
        segment = index / "segments" / json.loads(note.read_text())["segment"]
        file = segment / "vectors.npy"
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage == "segment" else whole[:-9])
    update = update_index(index, later, fresh_engine(), part=16)
    assert update.read == 70 and update.resumed in (54, 64)
    assert update.engine.shortlist(NEEDS) == fresh_engine().fit(later).shortlist(NEEDS)


def test_a_foreign_folder_is_never_made_an_index(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(ModelError, match="exists and is no saved model"):
        update_index(tmp_path, REGISTER, fresh_engine())
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_register_leaves_the_index_as_it_was(index, tmp_path, capsys):
    before = Matchmaker.load(index).shortlist(NEEDS)
    with pytest.raises(RecordError, match="the index stays as it was"):
        update_index(index, [], fresh_engine())
    empty = tmp_path / "empty.csv"
    empty.write_text("achievement_id,title\nA-1,\n", encoding="utf-8")
    command = ["shortlist", empty, sample_path("needs"), "--out", tmp_path / "out", "--index", index]
    assert run(*command, "--engine", "stream", "--quality", "fast", "--workers", "1", "--lang", "zh") == 2
    assert "没有可用的行" in capsys.readouterr().err
    assert Matchmaker.load(index).shortlist(NEEDS) == before


def test_two_runs_never_write_to_one_folder(index, tmp_path):
    refused = []

    def watched(profiles, again):
        for number, profile in enumerate(profiles):
            if number == 5:
                with pytest.raises(MatchmakerError, match="another run is writing to") as error:
                    again()
                refused.append(str(error.value))
            yield profile

    later, out = change(REGISTER), tmp_path / "out"
    update_index(index, watched(later, lambda: update_index(index, REGISTER, fresh_engine())), fresh_engine())
    made = stream_shortlists(index, watched(NEEDS, lambda: stream_shortlists(index, NEEDS, out)), out)
    assert str(index) in refused[0] and str(out) in refused[1]
    assert Matchmaker.load(index).shortlist(NEEDS) == fresh_engine().fit(later).shortlist(NEEDS)
    assert made.tally.needs == len(NEEDS) and {file.name for file in out.iterdir()} == {"shortlists.parquet"}


def test_a_run_that_was_killed_keeps_nobody_out(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from matchmaker.batch.parts import Notes\n"
        "with Notes(Path(sys.argv[1])).claim(): print('claimed', flush=True); time.sleep(600)"
    )
    notes = parts.Notes(tmp_path / "unfinished")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(notes.folder)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "claimed\n"
        with pytest.raises(MatchmakerError, match="wait until it has ended"), notes.claim():
            pass
        other.kill()
        other.wait()
        with notes.claim():
            assert (notes.folder / parts.LOCK).is_file()


def test_an_encoder_that_no_other_process_can_open_is_refused(tmp_path):
    with pytest.raises(SettingError, match="which other processes can open"):
        update_index(tmp_path / "index", REGISTER, Matchmaker(encoder=HashEncoder()))
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_shortlists_made_in_parts_are_those_made_at_once(index, workers, tmp_path):
    told = []
    rules = Filter(min_maturity=4, same_field=True)
    made = stream_shortlists(
        index,
        iter(NEEDS),
        tmp_path / "out",
        k=5,
        rules=rules,
        workers=workers,
        part=7,
        total=23,
        progress=told.append and (lambda *step: told.append(step)),
    )
    assert read_rows(made.path) == rows_of(Matchmaker.load(index), k=5, filter=rules)
    assert made.tally.needs == 23 and made.tally.matches == len(read_rows(made.path)) and made.resumed == 0
    assert told[-1] == ("rank", 23, 23)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["shortlists.parquet"]
    again = read_shortlists(made.path)
    assert len(again) == made.tally.matches and not again.rejected


def test_shortlisting_that_was_killed_goes_on_and_gives_the_same_bytes(index, tmp_path, monkeypatch):
    whole = stream_shortlists(index, NEEDS, tmp_path / "whole", part=5).path.read_bytes()
    answer = shortlisting.match_table

    def count_down(matches, left=[4]):  # noqa: B006
        left[0] -= 1
        if not left[0]:
            raise Killed
        return answer(matches)

    monkeypatch.setattr(shortlisting, "match_table", count_down)
    with pytest.raises(Killed):
        stream_shortlists(index, NEEDS, tmp_path / "out", part=5)
    monkeypatch.undo()
    assert not (tmp_path / "out" / "shortlists.parquet").exists()
    # One finished part was damaged meanwhile: it is done again.
    damaged = sorted((tmp_path / "out" / "unfinished").glob("*.parquet"))[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    made = stream_shortlists(index, NEEDS, tmp_path / "out", part=5)
    assert made.resumed == 10
    assert made.path.read_bytes() == whole


def test_finished_parts_of_other_rules_or_of_another_index_do_not_count(index, tmp_path, monkeypatch):
    clear = parts.Notes.clear
    monkeypatch.setattr(parts.Notes, "clear", lambda self: None)
    stream_shortlists(index, NEEDS, tmp_path / "out", part=5)
    assert stream_shortlists(index, NEEDS, tmp_path / "out", part=5).resumed == 23
    assert stream_shortlists(index, NEEDS, tmp_path / "out", part=5, k=3).resumed == 0
    assert stream_shortlists(index, NEEDS, tmp_path / "out", part=5, rules=Filter(min_maturity=6)).resumed == 0
    update_index(index, REGISTER[1:], fresh_engine())
    monkeypatch.setattr(parts.Notes, "clear", clear)
    made = stream_shortlists(index, NEEDS, tmp_path / "out", part=5)
    assert made.resumed == 0
    assert read_rows(made.path) == rows_of(Matchmaker.load(index))


def die(job):
    if job == 2:
        os._exit(1)
    return job


def test_a_process_that_dies_is_told_and_what_came_before_stands():
    found = []
    with pytest.raises(MatchmakerError, match="run the same command again"):
        for answer in parts.work(die, range(5), 2):
            found.append(answer)  # noqa: PERF402
    assert set(found) <= {0, 1}


def test_work_keeps_the_order_and_makes_jobs_when_they_are_needed():
    made = []

    def jobs():
        for number in range(40):
            made.append(number)
            yield number

    answers = parts.work(abs, jobs(), 2)
    assert next(answers) == 0
    assert len(made) < 10
    assert list(answers) == list(range(1, 40))


def test_names_of_parts_depend_on_every_word_and_setting():
    names = {
        parts.name_part(NEEDS[:2], [1]),
        parts.name_part(NEEDS[:2], [2]),
        parts.name_part(NEEDS[1::-1], [1]),
        parts.name_part([NEEDS[0], dataclasses.replace(NEEDS[1], description="别的")], [1]),
    }
    assert len(names) == 4 and parts.name_part(NEEDS[:2], [1]) in names


def test_small_neighbours_are_put_together_and_rows_that_are_gone_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "MOST_ROWS", 40)
    index = tmp_path / "index"
    update = update_index(index, REGISTER, fresh_engine(), part=8)
    sizes = [len(part.segment) for part in update.engine.supply.parts]
    assert sum(sizes) == 70 and max(sizes) <= 40 and len(sizes) == 2
    later = [*REGISTER[:3], *REGISTER[5:], *invent_profiles("achievement", 4, seed=8)]
    later = list({one.id: one for one in later}.values())
    update = update_index(index, later, fresh_engine(), part=8)
    expected = fresh_engine().fit(later).shortlist(NEEDS)
    assert update.engine.shortlist(NEEDS) == expected
    assert np.array_equal(update.engine.supply.alive.sum(), len(later))


def run(*arguments):
    from matchmaker.cli import main

    return main([str(argument) for argument in arguments])


def test_the_command_streams_and_tells_what_it_did(tmp_path, capsys):
    achievements, needs = sample_path("achievements"), sample_path("needs")
    out, index = tmp_path / "out", tmp_path / "kept"
    rules = ["--min-maturity", "中试", "--as-of", "2026-11-09", "--quality", "fast", "--k", "5", "--lang", "en"]
    command = ["shortlist", achievements, needs, "--out", out, "--engine", "stream", "--index", index, *rules]
    assert run(*command, "--workers", "1") == 0
    said = capsys.readouterr().out
    assert "120 achievements read, 0 unchanged, 0 no longer" in said and "shortlists.parquet" in said
    assert run("shortlist", achievements, needs, "--out", tmp_path / "plain", *rules) == 0
    plain, streamed = (
        read_shortlists(path) for path in (tmp_path / "plain/shortlists.csv", out / "shortlists.parquet")
    )
    assert list(streamed) == list(plain) and len(plain) > 100
    one, other = (json.loads((folder / "manifest.json").read_text()) for folder in (tmp_path / "plain", out))
    for key in ("inputs", "settings", "filter", "counts", "k", "as_of"):
        assert one[key] == other[key], key
    capsys.readouterr()
    assert run(*command, "--workers", "1") == 0
    assert "0 achievements read, 120 unchanged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--engine", "magic"], 'engine is "magic"; choose one of memory, stream, ray'),
        (["--workers", "2"], "--index, --workers and --cluster are for"),
        (["--engine", "stream", "--workers", "0"], "--workers"),
        (["--engine", "stream", "--field", "炼金术"], "--field"),
    ],
)
def test_what_cannot_be_streamed_is_refused(more, said, tmp_path, capsys):
    command = ["shortlist", sample_path("achievements"), sample_path("needs"), "--out", tmp_path / "out"]
    assert run(*command, *more, "--quality", "fast", "--lang", "en") == 2
    assert said in capsys.readouterr().err


def test_rows_that_cannot_be_used_are_set_aside_by_a_stream_too(tmp_path, capsys):
    register = tmp_path / "achievements.csv"
    register.write_text("成果编号,成果名称\nA-1,海参育苗\nA-2,\nA-1,又一项\n", encoding="utf-8")
    command = ["shortlist", register, sample_path("needs"), "--out", tmp_path / "out", "--engine", "stream"]
    assert run(*command, "--quality", "fast", "--workers", "1", "--lang", "zh") == 1
    told = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig")
    assert "缺少成果名称" in told or "成果名称" in told
    assert len(told.splitlines()) == 3
    empty = tmp_path / "empty.csv"
    empty.write_text("need_id,title\nN-1,\n", encoding="utf-8")
    command[2] = empty
    assert run(*command, "--quality", "fast", "--workers", "1", "--lang", "zh") == 2
    assert "没有可用的行" in capsys.readouterr().err
