"""Which index finds the nearest vectors, and how many words BM25 must look up, by the number of achievements.

    python benchmarks/index.py                    # 10,000, 100,000 and 500,000 achievements, half an hour on two cores
    python benchmarks/index.py --profile fast     # 10,000 and 100,000, some minutes
    python benchmarks/index.py --sizes 500000 --kinds flat ivf --name index-large

Every index is asked for the same needs, one at a time on one thread, and what it finds is ordered anew by exact
products, as the engine does. Recall is against all vectors compared exactly. Texts, vectors and words are kept in
``build/`` and used again. Writes ``benchmarks/results/index-PROFILE.json`` and ``.md``.
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import faiss
import numpy as np
import threadpoolctl
from arguments import read_with_profile, start_parser
from limits import GIB, measure_memory
from postings import WordPostings, list_top
from prepared import read_vectors, read_words
from results import describe_in_words, describe_run, draw_table, write_results
from workloads import ScaleRegisters, count_needs, write_scale_registers

from matchmaker.rank.codes import encode_vectors
from matchmaker.rank.dense import DenseIndex, multiply_vectors
from matchmaker.terms import TermRows

# As many as the engine takes from an index, and some more, so that what codes put into the wrong order is put right.
DEPTH, SPARE = 200, 64
ENOUGH = 0.98
KINDS = ("flat", "ivf", "hnsw", "words")
# Needs asked at once when many are waiting.
BATCH = 128
# Points that one cluster is learned from: more takes minutes and changes nothing that shows.
POINTS, ROUNDS = 64, 10


@dataclass(frozen=True)
class Profile:
    """Numbers of achievements, of needs asked, and what is compared."""

    sizes: tuple[int, ...]
    needs: int
    kinds: tuple[str, ...]


PROFILES = {
    "full": Profile((10_000, 100_000, 500_000), 300, KINDS),
    "fast": Profile((10_000, 100_000), 300, KINDS),
    "smoke": Profile((700,), 10, KINDS),
}


@dataclass(frozen=True)
class Finding:
    """What one way of searching costs and finds.

    Attributes
    ----------
    name : str
    build_seconds : float
        With all threads.
    bytes_each : float
        Bytes of the index for each achievement; vectors for the exact order, mapped from a file, are not in it.
    median_ms, p99_ms : float
        Wall time of one need, asked alone on one thread.
    processor_ms : float
        Median of processor time: what wall time would be if nothing else ran.
    batch_ms : float
        Wall time a need when 128 are asked at once, on one thread; nan where nothing is gained by it.
    recall_100, recall_200 : float
        Mean over needs of the share of the exact best that is found.
    worst_100 : float
        The least share of the best hundred for any need.
    """

    name: str
    build_seconds: float
    bytes_each: float
    median_ms: float
    p99_ms: float
    processor_ms: float
    batch_ms: float
    recall_100: float
    recall_200: float
    worst_100: float


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line's settings; what is not given comes from the profile."""
    parser = start_parser(__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, help="numbers of achievements")
    parser.add_argument("--needs", type=int, help="needs that are asked")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, help="indexes of vectors, and words for BM25")
    parser.add_argument("--quality", choices=["best", "balanced", "fast"], default="fast", help="the encoder's")
    parser.add_argument("--name", help="of the results; by default index-PROFILE")
    parser.add_argument("--threads", type=int, default=2, help="for building; searches take one")
    return read_with_profile(parser, PROFILES, arguments)


def build_indexes(vectors: np.ndarray, kinds: Sequence[str]) -> Iterator[tuple[str, float, float, Callable[..., Any]]]:
    """Yield name, seconds to build, bytes a vector, and a search, of every index of vectors.

    A search takes queries and a number, and returns products and rows as FAISS does.
    """
    n, d = vectors.shape
    library: Any = faiss
    inner, code = library.METRIC_INNER_PRODUCT, library.ScalarQuantizer.QT_8bit
    fixed = library.IndexScalarQuantizer(d, library.ScalarQuantizer.QT_8bit_uniform, inner)
    # The range of the codes is given, not learned: rows added or removed change no other row's code.
    fixed.train(np.array([[-1.0] * d, [1.0] * d], np.float32))
    flat = {
        "flat, float32": library.IndexFlatIP(d),
        "flat, 8 bits, fixed range": fixed,
        "flat, 8 bits, learned range": library.IndexScalarQuantizer(d, code, inner),
    }
    for name, index in flat.items() if "flat" in kinds else ():
        seconds = _fill(index, vectors)
        yield name, seconds, _measure_size(index) / n, index.search
    if "flat" in kinds:
        began = time.perf_counter()
        codes = encode_vectors(vectors)
        whole = DenseIndex(vectors, codes)
        seconds = time.perf_counter() - began
        # The engine's own: the 264 best of its whole numbers are ordered by exact products inside.
        yield "whole numbers of 8 bits, the engine's", seconds, float(d), functools.partial(_ask_engine, whole)
        yield "float32, products by NumPy", 0.0, 4.0 * d, lambda queries, depth: _multiply(vectors, queries, depth)
    # FAISS asks for 39 vectors a cluster at least.
    lists = [each for each in (256, 1024, 4096) if 39 * each <= n][-2:]
    for count in lists if "ivf" in kinds else ():
        index = library.IndexIVFScalarQuantizer(library.IndexFlatIP(d), d, count, code, inner)
        index.cp.max_points_per_centroid, index.cp.niter = POINTS, ROUNDS
        seconds = _fill(index, vectors)
        size = _measure_size(index) / n
        for probes in (each for each in (16, 64, 256, 512) if each < count):
            index.nprobe = probes
            yield f"IVF {count:,}, 8 bits, {probes} lists", seconds, size, index.search
    for links in (16, 32) if "hnsw" in kinds else ():
        index = library.IndexHNSWSQ(d, code, links, inner)
        seconds = _fill(index, vectors)
        size = _measure_size(index) / n
        # A search keeps as many as it is asked for at least.
        for effort in (DEPTH + SPARE, 512, 1024):
            index.hnsw.efSearch = effort
            yield f"HNSW {links}, 8 bits, effort {effort:,}", seconds, size, index.search


def measure_vectors(vectors: np.ndarray, queries: np.ndarray, kinds: Sequence[str], threads: int) -> Iterator[Finding]:
    """Yield what every index of vectors costs and finds."""
    library: Any = faiss
    wanted = min(DEPTH + SPARE, len(vectors))
    exact = library.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    library.omp_set_num_threads(threads)
    truth = exact.search(queries, min(DEPTH, len(vectors)))[0]
    del exact
    library.omp_set_num_threads(threads)
    for name, seconds, size, search in build_indexes(vectors, kinds):
        library.omp_set_num_threads(1)

        def ask(query: np.ndarray, search: Callable[..., Any] = search) -> np.ndarray:
            rows = search(query[None], wanted)[1][0]
            rows = rows[rows >= 0]
            scores = multiply_vectors(query[None], vectors, (np.zeros(len(rows), np.int64), rows))
            return -np.sort(-scores)[:DEPTH]

        with threadpoolctl.threadpool_limits(1):
            found, times = _ask_one_by_one(ask, list(queries))
            began = time.perf_counter()
            search(queries[:BATCH], wanted)
            batch = (time.perf_counter() - began) / len(queries[:BATCH])
        yield Finding(name, seconds, size, *times, batch * 1e3, *_measure_recall(found, list(truth)))
        library.omp_set_num_threads(threads)


def measure_words(supply: TermRows, demand: TermRows, needs: int) -> Iterator[Finding]:
    """Yield what ways of finding the best texts by BM25 cost and find."""
    began = time.perf_counter()
    postings = WordPostings(supply)
    seconds = time.perf_counter() - began
    size = postings.bytes_each()
    numbers = [demand.terms[demand.part(row, row + 1).places] for row in range(min(needs, len(demand)))]
    exact = [postings.score_all_at_once(postings.find(each)) for each in numbers]
    truth = [-np.sort(-scores[list_top(scores, DEPTH)]) for scores in exact]
    del exact

    def by_all(score: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        def ask(words: np.ndarray) -> np.ndarray:
            scores = score(postings.find(words))
            return scores[list_top(scores, DEPTH)]

        return ask

    def by_rare(share: float, kept: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda words: postings.search_by_rare(postings.find(words), share, kept)

    ways = {
        "all words, one count": by_all(postings.score_all_at_once),
        "all words, word by word": by_all(postings.score_all),
        "all words, sparse product": by_all(postings.score_by_product),
    }
    for share, kept in ((0.1, 1000), (0.05, 1000), (0.05, 2000), (0.02, 1000)):
        ways[f"words that at most {share:.0%} have, best {kept:,} counted fully"] = by_rare(share, kept)
    for name, ask in ways.items():
        found, times = _ask_one_by_one(ask, numbers)
        best = [-np.sort(-scores)[:DEPTH] for scores in found]
        yield Finding(name, seconds, size, *times, float("nan"), *_measure_recall(best, truth))


def measure_size(registers: ScaleRegisters, chosen: argparse.Namespace) -> dict[str, object]:
    """Return what is found for one number of achievements."""
    found: dict[str, list[dict[str, object]]] = {"vectors": [], "words": []}

    def note(part: str, finding: Finding) -> None:
        found[part].append(asdict(finding))
        print(f"{registers.size[0]:,} {finding.name}: {finding.median_ms:.2f} ms, {finding.recall_100:.4f}", flush=True)

    dimension = 0
    if set(chosen.kinds) & {"flat", "ivf", "hnsw"}:
        vectors = read_vectors(registers.achievements, chosen.quality)
        queries = read_vectors(registers.needs, chosen.quality)[: chosen.needs]
        dimension = vectors.shape[1]
        for finding in measure_vectors(vectors, queries, chosen.kinds, chosen.threads):
            note("vectors", finding)
    if "words" in chosen.kinds:
        for finding in measure_words(read_words(registers.achievements), read_words(registers.needs), chosen.needs):
            note("words", finding)
    return {"achievements": registers.size[0], "dimension": dimension, **found}


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Measure, write the results, and return them."""
    chosen = read_arguments(arguments)
    name = chosen.name or f"index-{chosen.profile}"
    bandwidth = measure_memory(1, GIB // 4, 0.5)["read, GB/s"]
    sections, digests, content = [], {}, {}
    for size in chosen.sizes:
        registers = write_scale_registers(
            (size, count_needs(size, chosen.needs)), chosen.data, chosen.work, chosen.seed
        )
        digests[registers.achievements.parent.name] = registers.sha256
        sections.append(measure_size(registers, chosen))
        # Written after every size: a run that is broken off leaves what it has.
        content = {
            "profile": chosen.profile,
            "quality": chosen.quality,
            "needs": chosen.needs,
            "threads": chosen.threads,
            "read_gb_per_second": bandwidth,
            "run": describe_run(chosen.seed, digests),
            "sizes": sections,
        }
        write_results(chosen.out, name, content, write_text(content))
    print(write_text(content), f"wrote {chosen.out / f'{name}.md'}", sep="\n")
    return content


def choose(found: Sequence[dict[str, object]]) -> dict[str, object]:
    """Return the finding that takes least processor time a need among those with a recall@100 of 0.98 or more."""
    return min((each for each in found if each["recall_100"] >= ENOUGH), key=lambda each: each["processor_ms"])


def write_text(content: dict[str, object]) -> str:
    """Return the results as Markdown."""
    lines = ["# Indexes of vectors and words", "", describe_in_words(content["run"]), ""]
    lines.append(
        f"{content['needs']} needs, each asked alone on one thread; indexes built on {content['threads']}. Vectors of "
        f"quality {content['quality']}; {DEPTH + SPARE} rows are fetched, ordered exactly, and {DEPTH} kept. Processor "
        "time is what a need would take if nothing else ran. Many: a need of 128 asked at once."
    )
    for section in content["sizes"]:
        n = section["achievements"]
        lines += ["", f"## {n:,} achievements"]
        if section["vectors"]:
            bytes_all = n * section["dimension"]
            rate = content["read_gb_per_second"]
            lines += [
                "",
                f"Vectors of {section['dimension']} components. Memory is read at {rate:.1f} GB/s by one thread:",
            ]
            lines[-1] += (
                f" all float32 vectors take at least {4 * bytes_all / rate / 1e6:.2f} ms, all 8-bit codes "
                f"{bytes_all / rate / 1e6:.2f} ms, unless they fit a cache."
            )
        for part, head in (("vectors", "bytes a vector"), ("words", "bytes a text")):
            if section[part]:
                lines += ["", _draw(section[part], head)]
                best = choose(section[part])
                lines += ["", f"Least processor time with a recall@100 of {ENOUGH} or more: {best['name']}."]
    return "\n".join(lines) + "\n"


def _draw(found: Sequence[dict[str, object]], size: str) -> str:
    head = ["", "build, s", size, "median, ms", "p99, ms", "processor, ms", "many, ms"]
    head += ["recall@100", "least", "recall@200"]
    rows = []
    for each in found:
        batch = "–" if np.isnan(each["batch_ms"]) else f"{each['batch_ms']:.2f}"
        row = [each["name"], f"{each['build_seconds']:.1f}", f"{each['bytes_each']:,.0f}"]
        row += [f"{each[name]:.2f}" for name in ("median_ms", "p99_ms", "processor_ms")] + [batch]
        row += [f"{each['recall_100']:.4f}", f"{each['worst_100']:.2f}", f"{each['recall_200']:.4f}"]
        rows.append(row)
    return draw_table(head, rows)


def _ask_one_by_one(
    ask: Callable[[Any], np.ndarray], queries: Sequence[Any]
) -> tuple[list[np.ndarray], tuple[float, float, float]]:
    """Return what is found for each query; and median and 99th percentile of wall time and median of processor time."""
    ask(queries[0])
    found, wall, processor = [], [], []
    for query in queries:
        began, used = time.perf_counter(), time.thread_time()
        found.append(ask(query))
        wall.append(1e3 * (time.perf_counter() - began))
        processor.append(1e3 * (time.thread_time() - used))
    return found, (float(np.median(wall)), float(np.percentile(wall, 99)), float(np.median(processor)))


def _measure_recall(found: Sequence[np.ndarray], truth: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """Return mean recall@100 and recall@200, and the least recall@100, from scores, best first.

    By scores, not rows: which of two equals is found does not matter.
    """
    shares = []
    for depth in (100, DEPTH):
        shares.append(
            [
                np.count_nonzero(scores[:depth] >= best[:depth][-1] - 1e-5) / len(best[:depth])
                for scores, best in zip(found, truth, strict=True)
                if len(best)
            ]
        )
    return float(np.mean(shares[0])), float(np.mean(shares[1])), float(np.min(shares[0]))


def _ask_engine(index: DenseIndex, queries: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Return products and rows as FAISS does, of the engine's index."""
    found = index.search(queries, max(1, depth - SPARE))
    return np.stack([scores for _, scores in found]), np.stack([rows for rows, _ in found])


def _multiply(vectors: np.ndarray, queries: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest products and their rows, as a search of FAISS does, from all products at once."""
    scores, rows = [], []
    for start in range(0, len(queries), BATCH):
        for found in queries[start : start + BATCH] @ vectors.T:
            best = list_top(found, depth, floor=-np.inf)
            best = best[np.argsort(-found[best])]
            scores.append(found[best])
            rows.append(best)
    return np.array(scores), np.array(rows)


def _fill(index: Any, vectors: np.ndarray) -> float:
    """Learn what an index has to learn, add vectors, and return the seconds."""
    began = time.perf_counter()
    if not index.is_trained:
        index.train(vectors)
    index.add(vectors)
    return time.perf_counter() - began


def _measure_size(index: Any) -> int:
    """Return the bytes of an index as it would be stored."""
    library: Any = faiss
    writer = library.VectorIOWriter()
    library.write_index(index, writer)
    return int(writer.data.size())


if __name__ == "__main__":
    main()
