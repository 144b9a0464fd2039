import hashlib
import json
import os
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matching import HashEncoder, achievement, bundled, invent_profiles

from matchmaker import Judgment, Matchmaker
from matchmaker.errors import ModelError
from matchmaker.rank.features import FEATURES
from matchmaker.register import Register
from matchmaker.storage import MANIFEST, read_model

REGISTER = [
    *invent_profiles("achievement", 24),
    achievement(
        "Z-1",
        "=HYPERLINK(1) \ud800海参\r\n\u2028育苗",
        "<script>\x00",
        keywords=("海参", ""),
        organisation="某校",
        money="面议",
        date=date(2026, 3, 1),
        extra={"patents": "ZL1", "电话": "0411"},
    ),
]
NEEDS = invent_profiles("need", 12)


def teach(engine):
    """Judgments that follow one attribute which the default weighs little, so that learning helps."""
    register, judgments = list(engine.achievements), []
    stage = {"产业化": 4, "中试": 3, "小试": 2, "": 1}
    for row, wanted in enumerate(NEEDS):
        for offered in register[row % 3 :: 2]:
            judgments.append(Judgment(wanted.id, offered.id, stage[offered.maturity]))
    report = engine.learn(NEEDS, judgments)
    assert report.adopted
    return engine


@pytest.fixture(scope="module")
def engine():
    return Matchmaker(
        encoder=HashEncoder(), terms=["海参育苗", "鋰電池"], stop_words=["的"], candidates=20, threshold=0.3
    ).fit(REGISTER)


@pytest.fixture
def saved(engine, tmp_path):
    engine.save(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="module")
def learned():
    return teach(Matchmaker(encoder=HashEncoder()).fit(REGISTER))


def load(path):
    return Matchmaker.load(path, encoder=HashEncoder())


def content(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def find(folder, name):
    """The one file of this name, however deep."""
    [file] = folder.rglob(name)
    return file


def sign_again(folder, file):
    """Let the manifest agree with a file that was changed."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    told = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
    manifest["files"][file.relative_to(folder).as_posix()] = told
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_a_loaded_engine_says_exactly_the_same(engine, saved):
    again = load(saved)
    assert again.settings == engine.settings
    assert again.shortlist(NEEDS) == engine.shortlist(NEEDS)
    assert list(again.achievements) == REGISTER
    assert again.calibration == engine.calibration and again.reranker == engine.reranker
    assert again.lexicon == engine.lexicon


def test_a_learned_engine_comes_back_learned(learned, tmp_path):
    learned.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.settings == learned.settings and again.settings["reranker"] == "LearnedSum"
    assert again.shortlist(NEEDS) == learned.shortlist(NEEDS)
    other = invent_profiles("achievement", 15, seed=4)
    assert again.fit(other).shortlist(NEEDS) == learned.fit(other).shortlist(NEEDS)
    assert again.reranker == learned.reranker
    learned.fit(REGISTER)


def test_the_bundled_engine_comes_back_without_encoding_anything(tmp_path, monkeypatch):
    engine = Matchmaker().fit(REGISTER)
    expected = engine.shortlist(NEEDS)
    engine.save(tmp_path / "model")
    monkeypatch.setattr("matchmaker.text.encoding.BundledEncoder.encode", None)
    again = Matchmaker.load(tmp_path / "model")
    monkeypatch.undo()
    assert again.settings == engine.settings
    assert again.shortlist(NEEDS) == expected


def test_loading_encodes_nothing_again_but_only_under_the_same_fingerprint(engine, saved):
    same, other = HashEncoder(), HashEncoder(fingerprint="other")
    Matchmaker.load(saved, encoder=same)
    assert same.texts == []
    changed = Matchmaker.load(saved, encoder=other)
    assert len(other.texts) > 20
    assert changed.shortlist(NEEDS) != engine.shortlist(NEEDS)
    kept = dict(terms=engine.lexicon.terms, stop_words=engine.lexicon.stop_words, candidates=20, threshold=0.3)
    fresh = Matchmaker(encoder=HashEncoder(fingerprint="other"), **kept).fit(REGISTER)
    assert changed.shortlist(NEEDS) == fresh.shortlist(NEEDS)


def test_vectors_of_a_nameless_encoder_are_never_taken_for_anothers(tmp_path):
    Matchmaker(encoder=HashEncoder(fingerprint="")).fit(REGISTER).save(tmp_path / "model")
    wide = HashEncoder(dimension=24, fingerprint="")
    again = Matchmaker.load(tmp_path / "model", encoder=wide)
    assert again.shortlist(NEEDS) == Matchmaker(encoder=wide).fit(REGISTER).shortlist(NEEDS)


def test_what_an_encoder_of_ones_own_calls_weights_is_left_alone(tmp_path):
    encoder = HashEncoder()
    encoder.weights = np.ones(3)
    engine = Matchmaker(encoder=encoder).fit(REGISTER)
    engine.save(tmp_path / "own")
    assert Matchmaker.load(tmp_path / "own", encoder=HashEncoder()).shortlist(NEEDS) == engine.shortlist(NEEDS)


def test_an_encoder_object_must_be_given_again(saved):
    with pytest.raises(ModelError, match="built on an encoder object; give it again"):
        Matchmaker.load(saved)


def test_only_the_register_is_kept_and_equal_registers_give_equal_files(engine, saved, tmp_path):
    fresh = Matchmaker(
        encoder=HashEncoder(), terms=["锂电池", "海参育苗"], stop_words=["的"], candidates=20, threshold=0.3
    ).fit(REGISTER)
    fresh.add(invent_profiles("achievement", 5, seed=9)[:0])
    fresh.save(tmp_path / "fresh")
    engine.shortlist(NEEDS)
    engine.save(tmp_path / "used")
    # What needs asked for in between leaves no trace.
    assert content(tmp_path / "used") == content(saved) == content(tmp_path / "fresh")


def test_nothing_in_the_folder_can_be_executed(learned, tmp_path):
    learned.save(tmp_path / "model")
    files = [file for file in (tmp_path / "model").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".json", ".jsonl", ".npy", ".npz"}
    for file in files:
        if file.suffix == ".json":
            json.loads(file.read_text(encoding="utf-8"))
        if file.suffix == ".npy":
            assert np.load(file, allow_pickle=False).dtype.kind in "fuib"
    with np.load(find(tmp_path, "vectors.npz"), allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype.name for name in arrays.files} == {"keys": "uint8", "vectors": "float32"}
    # What goes from one process of a cluster to another is no file from elsewhere.
    rooms = [file for file in Path("matchmaker").rglob("*.py") if file.name != "cluster.py"]
    source = "".join(file.read_text(encoding="utf-8") for file in rooms)
    for word in ("import pickle", "joblib", "allow_pickle=True", "eval(", "exec(", "marshal", "shelve", "torch.load"):
        assert word not in source


FILES = ["achievements.jsonl", "reranker.json", "settings.json", "vectors.npz", "tags.jsonl", "ids.json"]
FILES += ["words-places.npy", "order.npy"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "empty"])
def test_a_damaged_file_is_named(name, damage, saved):
    file = find(saved, name)
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
        file.write_bytes({"cut": whole[:middle], "changed": flipped, "empty": b""}[damage])
    with pytest.raises(ModelError, match=rf"{name} is missing or was changed"):
        load(saved)


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_of_a_very_large_model_sizes_are_checked_and_small_files_whole(damage, saved, monkeypatch):
    monkeypatch.setattr("matchmaker.segmentfiles.check_files.__defaults__", (1000,))
    load(saved)
    for name in ("vectors.npy", "dimension.npy"):
        file = find(saved, name)
        whole = file.read_bytes()
        file.write_bytes(whole[:-4] if damage == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))
        if damage == "cut" or name == "dimension.npy":
            with pytest.raises(ModelError, match=rf"{name} is missing or was changed"):
                load(saved)
        else:
            load(saved)
        file.write_bytes(whole)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.json", "[]"),
        ("settings.json", "{}"),
        ("reranker.json", "{}"),
        ("vectors.npz", "PK nonsense"),
        ("vectors.npz", ""),
        ("ids.json", "{"),
        ("words-bounds.npy", "nonsense"),
    ],
)
def test_what_was_made_by_hand_is_named(name, text, saved):
    file = find(saved, name)
    file.write_text(text, encoding="utf-8")
    sign_again(saved, file)
    with pytest.raises(ModelError, match=f"{name} is damaged" if name != "reranker.json" else "reranker"):
        load(saved)


@pytest.mark.parametrize("text", ["{}", "nonsense", '{"id": "A", "colour": "red"}'])
def test_a_profile_that_is_none_is_named_when_it_is_asked_for(text, saved):
    file = find(saved, "achievements.jsonl")
    first, *others = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([text.encode().ljust(len(first)), *others]))
    sign_again(saved, file)
    engine = load(saved)
    with pytest.raises(ModelError, match=r"achievements\.jsonl is damaged in line 1"):
        engine.achievements  # noqa: B018


def test_objects_hidden_in_arrays_are_refused(saved):
    hidden = np.array([{}], dtype=object)
    for name in ("vectors.npz", "vectors.npy"):
        file = find(saved, name)
        whole = file.read_bytes()
        with file.open("wb") as opened:
            if name.endswith("z"):
                np.savez(opened, keys=np.zeros((1, 16), np.uint8), vectors=hidden)
            else:
                np.save(opened, hidden, allow_pickle=True)
        sign_again(saved, file)
        with pytest.raises(ModelError, match=f"{name} is damaged"):
            load(saved)
        file.write_bytes(whole)
        sign_again(saved, file)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"format": 5}', '{"format": 5, "files": 3}', "\x00"])
def test_a_damaged_manifest_says_so(manifest, saved):
    (saved / MANIFEST).write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelError, match="is no saved model"):
        load(saved)


def test_files_that_the_manifest_leaves_out_are_not_trusted(saved):
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    [name] = [name for name in manifest["files"] if name.endswith("reranker.json")]
    del manifest["files"][name]
    (saved / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match=r"reranker\.json is missing or was changed"):
        load(saved)


def test_other_formats_and_dictionaries_are_refused(saved, monkeypatch):
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    (saved / MANIFEST).write_text(json.dumps({**manifest, "format": 1}), encoding="utf-8")
    with pytest.raises(ModelError, match="^[^(]*has format 1, this version reads 5; save or learn it again$"):
        load(saved)
    (saved / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr("matchmaker.text.segmentation.Segmenter.sha256", "another")
    with pytest.raises(ModelError, match="another segmentation dictionary"):
        load(saved)


@pytest.mark.parametrize("kind", ["nothing", "file", "empty folder"])
def test_what_is_no_model_is_not_loaded(kind, tmp_path):
    path = tmp_path / "thing"
    if kind == "file":
        path.write_text("x")
    if kind == "empty folder":
        path.mkdir()
    with pytest.raises(ModelError, match="thing is no saved model"):
        load(path)


def test_a_foreign_folder_or_file_is_never_replaced(engine, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    (tmp_path / "note").write_text("x")
    for name in ("thesis", "note"):
        with pytest.raises(ModelError, match=f"{name} exists and is no saved model; name another folder"):
            engine.save(tmp_path / name)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["note", "thesis"]


def test_a_model_is_replaced_whole(engine, learned, saved):
    learned.save(saved)
    assert load(saved).settings == learned.settings
    engine.save(saved)
    assert load(saved).settings == engine.settings
    assert [file.name for file in saved.parent.iterdir()] == ["model"]


def test_folders_are_made_and_empty_ones_filled(engine, tmp_path):
    engine.save(str(tmp_path / "a" / "b" / "model"))
    (tmp_path / "empty").mkdir()
    engine.save(tmp_path / "empty")
    assert content(tmp_path / "empty") == content(tmp_path / "a" / "b" / "model")


def test_a_link_stays_a_link(engine, learned, saved, tmp_path):
    link = tmp_path / "current"
    link.symlink_to(saved)
    learned.save(link)
    assert link.is_symlink() and load(saved).settings == learned.settings


class Crash(BaseException):
    pass


@pytest.mark.parametrize("where", ["first file", "vectors", "segment", "manifest", "swap"])
@pytest.mark.parametrize("fresh", [False, True])
def test_a_crash_in_the_middle_leaves_the_old_model(where, fresh, engine, learned, saved, monkeypatch):
    before = content(saved)
    path = saved.parent / "new" if fresh else saved

    def crash(*_, **__):
        raise Crash

    places = {
        "first file": "matchmaker.storage.write_calibration",
        "vectors": "matchmaker.storage.np.savez",
        "segment": "matchmaker.segmentfiles.np.save",
        "manifest": "matchmaker.segmentfiles._digest",
        "swap": "matchmaker.storage.os.replace",
    }
    monkeypatch.setattr(places[where], crash)
    learned.add([achievement("Z-9", "另一项成果")])
    with pytest.raises(Crash):
        learned.save(path)
    monkeypatch.undo()
    learned.remove(["Z-9"])
    assert content(saved) == before
    assert [file.name for file in saved.parent.iterdir()] == ["model"]
    assert load(saved).shortlist(NEEDS) == engine.shortlist(NEEDS)


def test_a_reader_goes_on_while_the_model_is_replaced(engine, learned, saved):
    reader = load(saved)
    learned.save(saved)
    assert reader.shortlist(NEEDS) == engine.shortlist(NEEDS)
    assert list(reader.achievements) == REGISTER
    # What it has open can still be saved elsewhere, though its files are gone.
    reader.save(saved.parent / "kept")
    assert load(saved.parent / "kept").shortlist(NEEDS) == engine.shortlist(NEEDS)


def test_a_model_replaced_in_the_moment_of_reading_is_read_again(engine, learned, saved, monkeypatch):
    from matchmaker import storage

    read, calls = storage._read_files, []

    def late(path, manifest, *more):
        if not calls:
            learned.save(path)
        calls.append(path)
        return read(path, manifest, *more)

    monkeypatch.setattr(storage, "_read_files", late)
    assert load(saved).settings == learned.settings
    assert len(calls) == 2


def test_what_did_not_change_is_not_written_again(saved):
    reader = load(saved)
    [segment] = (saved / "segments").iterdir()
    stamp = (segment / "vectors.npy").stat()
    reader.remove(["A-003"])
    reader.add([achievement("A-003", "海参育苗水质在线监测", "换了内容")])
    expected = reader.shortlist(NEEDS)
    reader.save(saved)
    assert (segment / "vectors.npy").stat() == stamp
    again = load(saved)
    assert again.shortlist(NEEDS) == expected
    fresh = Matchmaker(
        encoder=HashEncoder(), terms=["海参育苗", "鋰電池"], stop_words=["的"], candidates=20, threshold=0.3
    ).fit(again.achievements)
    assert fresh.shortlist(NEEDS) == expected
    assert [profile.id for profile in again.achievements][-1] == "A-003"


def test_opening_reads_no_profile_and_no_vector(saved, monkeypatch):
    monkeypatch.setattr("matchmaker.segmentfiles._profile", None)
    monkeypatch.setattr("matchmaker.segmentfiles.read_described", None)
    engine = load(saved)
    segment = engine._supply.parts[0].segment
    assert isinstance(segment.vectors.base, np.memmap) or isinstance(segment.vectors, np.memmap)
    assert len(engine._supply) == len(REGISTER)


def test_an_index_is_made_anew_when_texts_are_read_otherwise(engine, saved, monkeypatch):
    monkeypatch.setattr("matchmaker.keeping.READING", 99)
    told = []
    again = Matchmaker.load(saved, encoder=HashEncoder(), progress=lambda *step: told.append(step))
    assert told[-1] == ("index", len(REGISTER), len(REGISTER))
    assert again.shortlist(NEEDS) == engine.shortlist(NEEDS)


def test_profiles_come_back_as_they_were(saved):
    profiles = list(Register(read_model(saved).supply).values())
    assert list(profiles) == REGISTER
    assert profiles[-1].keywords == ("海参", "") and profiles[-1].extra == {"patents": "ZL1", "电话": "0411"}
    assert profiles[-1].date == date(2026, 3, 1) and profiles[0].date is None


def test_an_empty_register_can_be_saved(tmp_path):
    Matchmaker(encoder=HashEncoder()).fit([]).save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert len(again.achievements) == 0
    assert [len(one) for one in again.shortlist(NEEDS[:2])] == [0, 0]


def test_a_model_folder_may_be_moved(saved, engine, tmp_path):
    shutil.move(saved, tmp_path / "elsewhere")
    os.mkdir(saved)
    assert load(tmp_path / "elsewhere").shortlist(NEEDS) == engine.shortlist(NEEDS)


def test_the_learned_features_must_be_this_versions(learned, tmp_path):
    learned.save(tmp_path / "model")
    text = find(tmp_path, "reranker.json").read_text(encoding="utf-8")
    assert json.loads(text)["features"] == list(FEATURES)
    assert bundled().fingerprint not in text


def test_a_learned_model_is_refused_by_another_encoder(learned, tmp_path):
    learned.save(tmp_path / "model")
    with pytest.raises(ModelError, match="learned from another encoder's vectors"):
        Matchmaker.load(tmp_path / "model", encoder=HashEncoder(384, fingerprint=""))
    with pytest.raises(ModelError, match="learned from another encoder's vectors"):
        Matchmaker.load(tmp_path / "model", encoder=HashEncoder(fingerprint="other"))
    teach(Matchmaker(encoder=HashEncoder(fingerprint="")).fit(REGISTER)).save(tmp_path / "nameless")
    engine = Matchmaker.load(tmp_path / "nameless", encoder=HashEncoder(dimension=24, fingerprint=""))
    with pytest.raises(ModelError, match="learned from vectors of 16 numbers, the encoder gives 24"):
        engine.shortlist(NEEDS[:1])


def test_a_file_that_somebody_has_open_stays_and_counts_for_nothing(engine, saved, monkeypatch):
    before = {file for file in saved.rglob("*") if file.is_file() and file.name != MANIFEST}
    monkeypatch.setattr(Path, "unlink", refuse_all(Path.unlink, before))
    changed = Matchmaker.load(saved, encoder=HashEncoder()).add([achievement("A-900", "钙钛矿组件封装胶膜")])
    changed.save(saved)
    assert all(file.is_file() for file in before)
    assert list(Matchmaker.load(saved, encoder=HashEncoder()).achievements) == list(changed.achievements)


def refuse_all(unlink, files):
    """What Windows does with files that are open."""

    def refused(self, missing_ok=False):
        if self in files:
            raise PermissionError(f"{self} is used by another process")
        unlink(self, missing_ok=missing_ok)

    return refused
