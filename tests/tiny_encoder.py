"""A small invented encoder, papers to teach it and their files, and what `export_encoder.py` makes of it."""

import json
import random

import numpy as np
from matching import PARTS, SUBJECTS, VERBS, invent_title

SIZES = {"hidden": 32, "layers": 2, "heads": 2, "feed_forward": 64, "positions": 96}
FRAME = "目前成本高难以推广本文提出一种通过试验验证温度稳定的与和，。；技术装置"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":"]


def invent_papers(script, count, seed=0):
    """Papers whose abstracts tell a problem, turn, and tell a method, in words of their titles; no two titles alike."""
    rng = random.Random(seed)
    paper = script("corpora").Paper
    titles = set()
    while len(titles) < count:
        titles.add(invent_title(rng))
    papers = []
    for title in sorted(titles):
        core, part = title.removesuffix("技术"), rng.choice(PARTS)
        abstract = f"目前{core}成本高，难以推广；{part}不稳定。本文提出一种{core}装置。通过试验验证{part}的温度稳定。"
        papers.append(paper(title, abstract, f"{core};{part};{rng.choice(VERBS)}"))
    return papers


def invent_data(script, root):
    """Write public texts as they lie outside the project, invented; return their folder and the papers in it."""
    papers = invent_papers(script, 20)
    for name in ("chinaxiv", "csl", "terms", "taxonomies"):
        (root / name).mkdir(parents=True)
    rows = [{"title": paper.title, "abstract": paper.abstract, "keywords": paper.keywords} for paper in papers[:12]]
    rows += [{"title": "只有题目的论文", "abstract": "", "keywords": None}]
    # A title of the test, which is typed otherwise there: in full width.
    rows += [{"title": "Li电池隔膜改性", "abstract": "隔膜改性之后循环性能良好。", "keywords": ""}]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (root / "chinaxiv/abstracts.jsonl").write_text("".join(lines), encoding="utf-8")
    tests = [(paper.title, paper.abstract) for paper in papers[10:20]] + [("Ｌｉ电池隔膜改性", "隔膜改性。")]
    (root / "csl/CSL_ts_dev.tsv").write_text("".join(f"ts\t{a}\t{t}\n" for t, a in tests), encoding="utf-8")
    (root / "csl/CSL_cls_ctg_dev.tsv").write_text(
        f"to category\t船舶推进系统优化\t工学\nto category\t{papers[0].title}\t工学\n", encoding="utf-8"
    )
    (root / "terms/it.txt").write_text("锂电池\t12\n", encoding="utf-8")
    (root / "taxonomies/gbt4754_2017_with_definitions.csv").write_text(
        "name,definition\n海水养殖,指利用海水对各种水生动植物的养殖活动\n农业,\n", encoding="utf-8"
    )
    tree = {"name": "化学工程", "name_en": "chemical engineering"}
    (root / "taxonomies/nsfc_taxonomy_2019.jl").write_text(json.dumps(tree), encoding="utf-8")
    return root, papers


def invent_folder(script, out):
    """Write the sentence-transformers folder of an untrained encoder that knows every character of invented papers."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    convert = script("convert_encoder")
    pieces = SPECIAL + sorted(set("".join([*SUBJECTS, *PARTS, *VERBS, FRAME])))
    out.mkdir(parents=True)
    convert.build_tokenizer(pieces, -np.arange(len(pieces))).save(str(out / "tokenizer.json"))
    convert.write_settings(out, **SIZES, pieces=len(pieces))
    torch.manual_seed(0)
    # Wider than usual, so that untrained vectors are not all alike.
    config = json.loads((out / "config.json").read_text(encoding="utf-8")) | {"initializer_range": 0.2}
    model = BertModel(BertConfig(**config))
    model.embeddings.position_embeddings.weight.data /= 10  # what a text says counts for more than where
    # Biases begin at zero, which would hide one that is lost.
    for tensor in model.parameters():
        if tensor.ndim == 1:
            tensor.data += 0.1 * torch.randn(tensor.shape)
    save_file(model.state_dict(), out / "model.safetensors", metadata={"format": "pt"})
    return out


def export(script, folder, out):
    """What ``export_encoder.py`` does, on a handful of texts."""
    from tokenizers import Tokenizer

    tools = script("export_encoder")
    graph = script("encoder_graph")
    shape, vectors, linears = tools.read_folder(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = [tokenizer.encode(text).ids for text in ("query: 锂电池", "query: 海参育苗a", "锂电池海参", "池:海参the")]
    nothing = np.zeros(0, np.float32)
    plain = {name: graph.Linear(weight, nothing, nothing, bias) for name, (weight, bias) in linears.items()}
    model = graph.draw_encoder(shape, vectors, plain, graph.Rows(vectors["word"], nothing), "float")
    reference = tools.open_session(model)
    names = graph.linear_names(shape.layers)
    largest = tools.calibrate(reference, names, ids)
    vectors["centre"] = tools.encode(reference, ids).mean(axis=0)
    quantized = {name: tools.quantize(*linears[name], largest[name]) for name in names}
    out.mkdir()
    weights, places = out / tools.WEIGHTS, {}
    weights.write_bytes(b"")
    for precision in ("int8", "fp32"):
        drawn = graph.draw_encoder(shape, vectors, quantized, tools.quantize_rows(vectors["word"]), precision)
        tools.write_graph(drawn, out / f"{precision}.onnx", weights, places)
    return tools, reference, ids, vectors["centre"]
