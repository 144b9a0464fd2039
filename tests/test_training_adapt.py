"""How the encoder is adapted, made static, halved and restored, tried on a small invented one."""

import json
import shutil
import sys

import numpy as np
import pytest
from tiny_encoder import SIZES, export, invent_data, invent_folder, invent_papers
from tokenizers import Tokenizer

for needed in ("onnx", "safetensors", "sentence_transformers", "sklearn", "jieba"):
    pytest.importorskip(needed)
torch = pytest.importorskip("torch")


@pytest.fixture
def folder(script, views, tmp_path):
    return invent_folder(script, tmp_path / "encoder")


@pytest.fixture
def data(script, tmp_path):
    return invent_data(script, tmp_path / "data")


def load(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def encode(model, texts):
    return model.encode(texts, prompt_name="query", normalize_embeddings=True, show_progress_bar=False)


# Adapting


def recipe(script, **changes):
    adapt = script("adapt_encoder")
    settings = {"views": tuple(script("views").VIEWS), "steps": 25, "batch": 12, "rate": 5e-3, "tokens": 48}
    return adapt.Recipe(**settings | changes)


@pytest.mark.parametrize("changes", [{}, {"topics": 3}, {"batch": 24}], ids=["mixed", "topics", "in parts"])
def test_the_loss_falls_and_the_seed_decides(script, folder, monkeypatch, changes):
    adapt = script("adapt_encoder")
    monkeypatch.setattr(adapt, "MINI_BATCH", 16)
    papers = invent_papers(script, 36)
    plan, model = recipe(script, **changes), load(folder)
    losses = adapt.train(model, papers, plan, 0)
    assert len(losses) == plan.steps and np.isfinite(losses).all()
    # A turn of five holds one batch of each kind.
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert not model.training
    short, texts = recipe(script, **changes, steps=3), [paper.title for paper in papers]
    runs = []
    for seed in (0, 0, 1):
        model = load(folder)
        runs.append((adapt.train(model, papers, short, seed), encode(model, texts)))
    (first, one), (again, two), (other, three) = runs
    assert first == again != other
    assert np.array_equal(one, two) and not np.array_equal(one, three)


def test_topics_are_neighbourhoods_of_titles(script, folder):
    adapt = script("adapt_encoder")
    papers = invent_papers(script, 12)
    groups = adapt.find_topics(load(folder), papers * 3, 4)
    assert groups.shape == (36,) and set(groups) <= set(range(4)) and len(set(groups)) > 1
    assert np.array_equal(groups[:12], groups[12:24])  # equal titles lie in one topic
    assert np.array_equal(groups, adapt.find_topics(load(folder), papers * 3, 4))


def test_every_recipe_names_views_that_exist(script, views):
    for plan in script("adapt_encoder").RECIPES.values():
        assert plan.views and set(plan.views) <= set(views.VIEWS)
        assert plan.steps > 0 and plan.batch > 1


def assert_unmarked_by_training(saved, source, length):
    """What is saved reads texts as the source does: neither padded nor cut as training did."""
    settings = json.loads((saved / "tokenizer.json").read_text(encoding="utf-8"))
    assert settings["truncation"] is None and settings["padding"] is None
    assert (saved / "tokenizer.json").read_bytes() == (source / "tokenizer.json").read_bytes()
    texts = ["海参", "海参育苗" * 20]
    short, long = Tokenizer.from_file(str(saved / "tokenizer.json")).encode_batch(texts)
    assert len(short.ids) < 8 and len(long.ids) > length
    assert load(saved).max_seq_length == SIZES["positions"] > length


def test_the_adapted_folder_is_written_whole(script, folder, data, tmp_path, monkeypatch):
    adapt = script("adapt_encoder")
    root, _ = data
    out = tmp_path / "adapted"
    plan = recipe(script, views=("text-title",), steps=3, batch=6)
    monkeypatch.setitem(adapt.RECIPES, "smoke", plan)
    arguments = [str(folder), "--recipe", "smoke", "--data", str(root), "--seed", "5", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["adapt_encoder.py", *arguments])
    adapt.main()
    assert_unmarked_by_training(out, folder, plan.tokens)
    report = json.loads((out / "recipe.json").read_text(encoding="utf-8"))
    assert report["seed"] == 5 and report["recipe"]["steps"] == len(report["losses"]) == 3
    assert not np.array_equal(encode(load(out), ["锂电池"]), encode(load(folder), ["锂电池"]))
    # The next script reads it.
    shape, _, linears = script("export_encoder").read_folder(out)
    assert (shape.layers, shape.hidden, shape.heads, len(linears)) == (2, 32, 2, 8)


# Static


def test_texts_of_the_static_encoder_are_sorted_and_unique(script, views, data):
    root, papers = data
    distil = script("distil_static")
    texts = distil.gather_texts(root, 0)
    assert texts == sorted(set(texts)) == distil.gather_texts(root, 0)
    assert all(text.strip() for text in texts)
    assert {papers[0].title, papers[0].keywords, "海水养殖", "船舶推进系统优化"} <= set(texts)
    assert views.content_words(papers[1].title) in texts
    assert not {"农业", papers[15].title, papers[15].abstract} & set(texts)


def mean_cosine(script, table, tokenizer, texts, targets):
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    vectors = np.stack([table[row].mean(axis=0) for row in ids])
    return ((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)) * targets).sum(axis=1).mean()


def test_training_brings_the_table_nearer(script, folder, monkeypatch):
    distil = script("distil_static")
    monkeypatch.setattr(distil, "EPOCHS", 20)
    monkeypatch.setattr(distil, "BATCH", 16)
    monkeypatch.setattr(distil, "RATE", 1e-1)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [paper.title for paper in invent_papers(script, 60)]
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    targets = np.stack([hidden[tokenizer.encode(text, add_special_tokens=False).ids].mean(axis=0) for text in texts])
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    start = rng.normal(size=hidden.shape).astype(np.float32)
    kept = start.copy()
    table = distil.train(start, tokenizer, texts, targets, 0)
    assert np.array_equal(table, distil.train(kept, tokenizer, texts, targets, 0))
    before, after = (mean_cosine(script, rows, tokenizer, texts, targets) for rows in (kept, table))
    assert before < 0.3 and after > 0.8
    # In bytes, as it is shipped, it says the same.
    codes, scales = distil.quantize(table)
    assert codes.dtype == np.int8 and codes.shape == table.shape and scales.shape == (len(table),)
    assert mean_cosine(script, codes * scales[:, None], tokenizer, texts, targets) == pytest.approx(after, abs=1e-3)


def test_bags_are_pieces_one_after_another(script, folder):
    distil = script("distil_static")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = ["海参", "\x07", "锂离子", "\x00"]  # control characters leave no piece
    pieces, starts = distil.bag(tokenizer, texts)
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    assert pieces.dtype == torch.long and pieces.tolist() == [piece for row in ids for piece in row]
    assert starts.tolist() == [0, len(ids[0]), len(ids[0]) + len(ids[1]), sum(map(len, ids[:3]))]


def test_common_pieces_weigh_little(script, folder, data):
    distil = script("distil_static")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    weights = distil.weigh_pieces(tokenizer, data[0])
    assert weights.shape == (tokenizer.get_vocab_size(),) and (weights > 0).all() and (weights <= 1).all()
    assert weights[tokenizer.token_to_id("的")] < weights[tokenizer.token_to_id("<pad>")]


# Student


@pytest.fixture
def student(script, folder, monkeypatch):
    """The script, made small enough for the invented encoder."""
    distil = script("distil_student")
    for name, value in {"LAYERS": (1,), "STEPS": 60, "BATCH": 10, "RATE": 5e-3, "WARM_UP": 5}.items():
        monkeypatch.setattr(distil, name, value)
    centre = encode(load(folder), [paper.title for paper in invent_papers(script, 30, seed=9)]).mean(axis=0)
    monkeypatch.setattr(distil, "read_centre", lambda: centre)
    return distil


def centred(model, texts, centre):
    away = encode(model, texts) - centre
    return away / np.linalg.norm(away, axis=1, keepdims=True)


def test_halving_keeps_the_layers_named(folder, student):
    whole, half = load(folder), student.halve(load(folder))
    assert len(half[0].auto_model.encoder.layer) == half[0].auto_model.config.num_hidden_layers == 1
    kept, stated = half[0].auto_model.encoder.layer[0], whole[0].auto_model.encoder.layer[1]
    for name, tensor in stated.state_dict().items():
        assert torch.equal(kept.state_dict()[name], tensor), name
    assert not np.allclose(encode(half, ["海参育苗"]), encode(whole, ["海参育苗"]), atol=1e-3)


def test_the_student_learns_the_vectors_of_the_whole(script, folder, student, tmp_path, monkeypatch):
    texts = sorted(paper.title for paper in invent_papers(script, 60))
    targets = centred(load(folder), texts, student.read_centre())
    monkeypatch.setattr(student, "gather_texts", lambda data, seed: texts)
    monkeypatch.setattr(student, "read_targets", lambda folder, texts: targets)
    found = []
    for name in ("once", "again"):
        out = tmp_path / name
        monkeypatch.setattr(sys, "argv", ["distil_student.py", str(folder), "--out", str(out)])
        student.main()
        found.append(centred(load(out), texts, student.read_centre()))
    assert np.array_equal(*found)
    before = (centred(student.halve(load(folder)), texts, student.read_centre()) * targets).sum(axis=1).mean()
    assert (found[0] * targets).sum(axis=1).mean() > before + 0.1
    assert_unmarked_by_training(out, folder, student.TOKENS)
    assert json.loads((out / "recipe.json").read_text(encoding="utf-8"))["layers"] == [1]
    assert script("export_encoder").read_folder(out)[0].layers == 1


def test_fewer_texts_than_a_batch_are_enough(script, folder, student, monkeypatch):
    monkeypatch.setattr(student, "STEPS", 6)
    texts = ["海参育苗", "锂离子电池隔膜"]
    model = student.halve(load(folder))
    student.train(model, texts, centred(load(folder), texts, student.read_centre()), 0)
    assert np.isfinite(encode(model, texts)).all()


def test_targets_are_those_of_this_encoder_and_these_texts(student, tmp_path, monkeypatch):
    asked = []

    class Encoder:
        fingerprint = "first"

        def encode(self, texts):
            asked.append((self.fingerprint, list(texts)))
            return np.full((len(texts), 2), len(asked), np.float32)

    monkeypatch.setattr(student, "BundledEncoder", Encoder)
    place = tmp_path / "new"
    first = student.read_targets(place, ["a", "b"])
    assert np.array_equal(student.read_targets(place, ["a", "b"]), first) and len(asked) == 1
    student.read_targets(place, ["a", "c"])
    monkeypatch.setattr(Encoder, "fingerprint", "second")
    assert student.read_targets(place, ["a", "b"])[0, 0] == 3
    assert [name for name, _ in asked] == ["first", "first", "second"]


# Restoring


def test_the_centre_is_the_shipped_one(script, views):
    centre = script("distil_student").read_centre()
    assert centre.shape == (384,) and 0 < np.linalg.norm(centre) < 1


def test_restoring_undoes_the_export(script, folder, tmp_path):
    shipped, out = tmp_path / "shipped", tmp_path / "restored"
    tools, _, ids, _ = export(script, folder, shipped)
    shutil.copyfile(folder / "tokenizer.json", shipped / "tokenizer.json")
    restore = script("restore_encoder")
    restore.write_folder(shipped, out)
    assert (out / "tokenizer.json").read_bytes() == (shipped / "tokenizer.json").read_bytes()
    for name in ("config.json", "tokenizer_config.json", "modules.json", "1_Pooling/config.json"):
        assert json.loads((out / name).read_bytes()) == json.loads((folder / name).read_bytes()), name
    expected = tools.encode(tools.open_session(shipped / "fp32.onnx"), ids)
    model = load(out)
    with torch.inference_mode():
        rows = [{"input_ids": torch.tensor([row]), "attention_mask": torch.ones(1, len(row)).long()} for row in ids]
        found = np.concatenate([model(row)["sentence_embedding"].numpy() for row in rows])
    assert found == pytest.approx(expected, abs=1e-5)
    # Not that everything were alike.
    assert np.abs(expected[0] - expected[1]).max() > 0.01
