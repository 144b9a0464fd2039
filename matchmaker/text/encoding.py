"""Turn texts into vectors: the bundled encoder, any sentence-transformers model, or any object that can ``encode``.

A text's vector depends on nothing but the text: the bundled encoder puts only texts of equally many tokens in one
batch, so there is no padding, and its 8-bit scales are fixed. In float32, where a product's last bit can depend on the
number of rows, every text runs alone. Batch, order and number of threads change not one bit.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from tokenizers import Tokenizer

from matchmaker.errors import MissingExtraError, ModelError, SettingError
from matchmaker.graphs import open_graph
from matchmaker.text.static import StaticEncoder

if TYPE_CHECKING:
    import onnxruntime

Precision = Literal["int8", "fp32"]
Quality = Literal["best", "balanced", "fast"]
Progress = Callable[[int], None]

MODEL = Path(__file__).parent / "model"
STUDENT = Path(__file__).parent / "student"
PROMPT = "query: "
# Measured: ranking gains nothing past 96 tokens (about 150 characters), and a token costs the same wherever it stands.
MAX_TOKENS = 128
# Enough rows for the matrix products to run at full rate, few enough for a batch to stay in a core's own cache.
BATCH_TOKENS = 384
# Processors without a dot product of bytes run 8-bit products slower than float32, and older ones saturate.
_DOT_PRODUCTS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"})


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 vectors, shape (len(texts), d)."""
        ...


class BundledEncoder:
    """multilingual-e5-small adapted to technical Chinese, in 8 bits, run by ONNX Runtime.

    Parameters
    ----------
    folder : Path
        `MODEL`, the whole encoder, or `STUDENT`, which has half of its layers and takes half of its time.
    precision : {"int8", "fp32"}, optional
        Arithmetic; by default what this processor does best (`best_precision`). Both read the same weights.
    max_tokens : int
        Tokens read of each text; the rest is left to the lexical index.
    threads : int, optional
        Batches run side by side; by default one for each processor.
    weights : mapping of str to ndarray, optional
        Constants of the graph that stand in for the shipped ones: what tuning changed (`matchmaker.text.tuning`).

    Examples
    --------
    >>> encoder = BundledEncoder()
    >>> a, b, c = encoder.encode(["锂电池电解液", "锂离子电池用电解质溶液", "海参育苗"])
    >>> bool(a @ b > a @ c)
    True
    """

    def __init__(
        self,
        folder: Path = MODEL,
        *,
        precision: Precision | None = None,
        max_tokens: int = MAX_TOKENS,
        threads: int | None = None,
        weights: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        if precision not in (None, "int8", "fp32"):
            raise SettingError(f"precision: expected 'int8' or 'fp32', found {precision!r}")
        if not 8 <= max_tokens <= 512:
            raise SettingError(f"max_tokens: expected 8 to 512, found {max_tokens}")
        self.precision: Precision = precision or best_precision()
        self.max_tokens = max_tokens
        self.threads = threads or os.cpu_count() or 1
        self.folder = folder
        self.weights = dict(weights or {})
        self._session = _tuned_session(folder, self.precision, self.weights)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_tokens)

    @property
    def fingerprint(self) -> str:
        """Identify weights, arithmetic and token limit: equal fingerprints give equal vectors."""
        return f"{self.space}-{self.precision}-{self.max_tokens}"

    @property
    def space(self) -> str:
        """Identify the weights: vectors of one space can be compared, whatever the arithmetic."""
        shipped = weights_sha256(self.folder)
        return f"tuned-{_digest(shipped, self.weights)[:16]}" if self.weights else f"bundled-{shipped[:16]}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return unit vectors, shape (len(texts), 384); an empty text gives zeros.

        Parameters
        ----------
        texts : sequence of str
            Cleaned texts.
        progress : callable, optional
            Called with the number of texts finished since the last call.
        """
        vectors = np.zeros((len(texts), 384), np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        encodings = self._tokenizer.encode_batch_fast([PROMPT + texts[row] for row in rows])
        ids = dict(zip(rows, (encoding.ids for encoding in encodings), strict=True))

        def run(batch: list[int]) -> int:
            inputs = np.array([ids[row] for row in batch], np.int64)
            vectors[batch] = self._session.run(["vectors"], {"ids": inputs})[0]
            return len(batch)

        batches = _equal_batches(ids, BATCH_TOKENS if self.precision == "int8" else 0)
        with ThreadPoolExecutor(self.threads) as pool:
            for done in pool.map(run, batches):
                if progress:
                    progress(done)
        if progress and len(rows) < len(texts):
            progress(len(texts) - len(rows))
        return vectors


class SentenceTransformerEncoder:
    """A sentence-transformers model by name or path (extra ``[train]``)."""

    def __init__(self, name_or_path: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError(
                f"encoder {name_or_path!r} needs sentence-transformers: pip install 'matchmaker[train]'"
            ) from error
        try:
            self._model = SentenceTransformer(name_or_path, device="cpu")
        except Exception as error:  # whatever its many layers raise for a damaged or missing model
            raise ModelError(
                f"encoder {name_or_path!r} cannot be loaded ({error}); give the path of a sentence-transformers folder"
            ) from error
        self.fingerprint = f"sentence-transformers-{self._digest()[:16]}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, shape (len(texts), d)."""
        prompt = "query" if "query" in (self._model.prompts or {}) else None
        return np.asarray(
            self._model.encode(list(texts), prompt_name=prompt, normalize_embeddings=True, show_progress_bar=False),
            np.float32,
        )

    def _digest(self) -> str:
        # Of the model itself, not of its name: a folder that was trained further gives other vectors.
        digest = hashlib.sha256(f"{self._model}\n{self._model.prompts}".encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.float().cpu().contiguous().numpy().data)
        return digest.hexdigest()


BUNDLED: Mapping[str, Callable[[], Encoder]] = {
    "best": BundledEncoder,
    "balanced": lambda: BundledEncoder(STUDENT),
    "fast": StaticEncoder,
}


def open_encoder(encoder: str | os.PathLike[str] | Encoder, quality: str = "best") -> Encoder:
    """Return the encoder that a setting names: "bundled", a sentence-transformers model, or the object itself.

    Raises
    ------
    SettingError
        For a quality that is not among `BUNDLED`, or an object that cannot encode.
    """
    if quality not in BUNDLED:
        raise SettingError(f"quality: expected one of {', '.join(BUNDLED)}, found {quality!r}")
    if encoder == "bundled":
        return BUNDLED[quality]()
    if isinstance(encoder, str | os.PathLike):
        return SentenceTransformerEncoder(os.fspath(encoder))
    if isinstance(encoder, Encoder) and not isinstance(encoder, type):
        return encoder
    found = f"the class {encoder.__name__} itself" if isinstance(encoder, type) else type(encoder).__name__
    raise SettingError(
        "encoder: expected 'bundled', the name or path of a sentence-transformers model, or an object with "
        f"encode(texts) -> float32 (n, d); found {found}"
    )


def tunable_folder(encoder: Encoder) -> Path:
    """Return the folder of a bundled encoder that has layers to tune.

    Raises
    ------
    SettingError
        For word vectors (quality "fast") and for encoders from elsewhere.
    """
    if not isinstance(encoder, BundledEncoder):
        raise SettingError(
            f"deep: only the bundled encoder in quality best or balanced can be tuned; found {type(encoder).__name__}"
        )
    return encoder.folder


def best_precision() -> Precision:
    """Return "int8" where the processor multiplies bytes natively, else "fp32"."""
    return "int8" if processor_features() & _DOT_PRODUCTS else "fp32"


@cache
def processor_features() -> frozenset[str]:
    """Return the instruction sets of this processor, by archspec's names."""
    # Of the detected flags themselves, not of the named family: a virtual machine often hides the family's name.
    from archspec.cpu.detect import detected_info

    return frozenset(detected_info().features)


@cache
def weights_sha256(folder: Path = MODEL) -> str:
    """Return the digest of bundled weights."""
    return hashlib.sha256((folder / "encoder.weights").read_bytes()).hexdigest()


def _digest(shipped: str, weights: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256(shipped.encode())
    for name in sorted(weights):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(weights[name]).data)
    return digest.hexdigest()


def _tuned_session(
    folder: Path, precision: Precision, weights: Mapping[str, np.ndarray]
) -> onnxruntime.InferenceSession:
    """Open a graph with other weights than the shipped ones; one with the shipped weights is opened once."""
    if not weights:
        return _shipped_session(folder, precision)
    return open_graph(folder / f"{precision}.onnx", weights)


@cache
def _shipped_session(folder: Path, precision: Precision) -> onnxruntime.InferenceSession:
    return open_graph(folder / f"{precision}.onnx")


def _equal_batches(ids: dict[int, list[int]], most_tokens: int) -> Iterator[list[int]]:
    """Group rows of equally many tokens, longest first so that the last batches to finish are short ones."""
    batch: list[int] = []
    for row in sorted(ids, key=lambda row: (-len(ids[row]), row)):
        length = len(ids[row])
        if batch and (length != len(ids[batch[0]]) or (len(batch) + 1) * length > most_tokens):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
