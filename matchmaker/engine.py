"""`Matchmaker`: the one place where text and ranking meet."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from matchmaker.errors import ModelError, SettingError
from matchmaker.explaining import Explainer
from matchmaker.identities import refuse_strangers
from matchmaker.keeping import Keeper
from matchmaker.languages import check_language
from matchmaker.learning import GAP_ERROR, InUse, learn
from matchmaker.learnreport import LearnReport
from matchmaker.lessons import prepare_lesson
from matchmaker.pairing import compare_named, in_common_terms
from matchmaker.proposing import Ranked, rank_candidates
from matchmaker.rank.calibration import Calibration
from matchmaker.rank.defaults import default_calibration, default_reranker
from matchmaker.rank.features import lean
from matchmaker.rank.filters import Filter
from matchmaker.rank.precedents import Precedents
from matchmaker.rank.reranking import LearnedSum, WeightedSum, add_up, digest
from matchmaker.rank.supply import Demand, Supply
from matchmaker.records import Judgment, Pair, Profile, ScoredPair, Shortlist
from matchmaker.register import Register
from matchmaker.storage import SavedModel, read_model, write_model
from matchmaker.text.analysis import Analyst
from matchmaker.text.encoding import BundledEncoder, Encoder, open_encoder, tunable_folder
from matchmaker.text.lexicon import Lexicon
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.vectors import CachedEncoder

Progress = Callable[[str, int, int], None]

# Needs ranked at once: bounds memory, and sets how often progress is told.
BATCH = 128


class Matchmaker(Keeper):
    """Decides who should meet whom: achievements (supply) for needs (demand).

    Parameters
    ----------
    encoder : str, path or Encoder
        "bundled" (offline, no torch), the name or path of a sentence-transformers model (extra ``[train]``), or an
        object with ``encode(texts) -> float32 (n, d)``.
    quality : {"best", "balanced", "fast"}
        Which bundled encoder reads the texts: the whole one, one with half of its layers in two thirds of the time,
        or word vectors in next to none. ``benchmarks/README.md`` says what each costs and gives. Of no effect with
        another encoder.
    terms : iterable of str
        Terms of the trade that segmentation never splits.
    stop_words : iterable of str, optional
        Words that carry nothing; by default a built-in list.
    candidates : int
        Achievements taken from the indexes for each need before reranking.
    threshold : float
        Probability from which a match counts as suitable.
    cache : path, optional
        SQLite file that keeps vectors between runs, so that an unchanged row is never encoded twice.
    lang : {"zh", "en"}
        Language of reasons.
    seed : int
        For all that is random in learning.

    Examples
    --------
    >>> from matchmaker import Matchmaker, read_achievements, read_needs
    >>> from matchmaker.samples import sample_path
    >>> engine = Matchmaker().fit(read_achievements(sample_path("achievements")))
    >>> shortlists = engine.shortlist(read_needs(sample_path("needs"))[:3], k=5)
    >>> [len(shortlist) for shortlist in shortlists]
    [5, 5, 5]
    """

    def __init__(
        self,
        *,
        encoder: str | os.PathLike[str] | Encoder = "bundled",
        quality: str = "best",
        terms: Iterable[str] = (),
        stop_words: Iterable[str] | None = None,
        candidates: int = 200,
        threshold: float = 0.5,
        cache: str | os.PathLike[str] | None = None,
        lang: str = "zh",
        seed: int = 0,
    ) -> None:
        if candidates < 1:
            raise SettingError(f"candidates: expected at least 1, found {candidates}")
        if not 0 <= threshold <= 1:
            raise SettingError(f"threshold: expected a probability from 0 to 1, found {threshold}")
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise SettingError(f"seed: expected a whole number from 0 on, found {seed!r}")
        self.encoder = encoder
        self.quality = quality if encoder == "bundled" else "best"
        self.lexicon = Lexicon.of(terms, stop_words)
        self.candidates = candidates
        self.threshold = threshold
        self.cache = None if cache is None else Path(cache)
        self.lang = check_language(lang)
        self.seed = seed
        self.reranker: WeightedSum | LearnedSum = default_reranker(self.quality)
        self.calibration: Calibration = default_calibration(self.quality)
        vectors = CachedEncoder(open_encoder(encoder, quality), self.cache)
        self._analyst = Analyst(Segmenter(self.lexicon), vectors)

    def shortlist(
        self,
        needs: Iterable[Profile],
        k: int = 10,
        *,
        filter: Filter | None = None,
        progress: Progress | None = None,
    ) -> list[Shortlist]:
        """Propose at most ``k`` achievements for each need, best first, one shortlist per need in the order given.

        Parameters
        ----------
        needs : Records of Profile
        k : int
            Longest shortlist.
        filter : Filter, optional
            What may be matched with what; applied before the best are taken.
        progress : callable, optional
            Called as ``progress(stage, done, total)``.

        Returns
        -------
        list of Shortlist
            Ties are broken by achievement id. ``suitable`` counts the matches that reach the threshold.
        """
        if k < 1:
            raise SettingError(f"k: expected at least 1, found {k}")
        supply = self.supply
        profiles = list(needs)
        columns = self._analyst.analyse(profiles, progress)
        rules = in_common_terms(filter) if filter else Filter()
        shortlists: list[Shortlist] = []
        for start in range(0, len(profiles), BATCH):
            rows = range(start, min(start + BATCH, len(profiles)))
            demand = Demand.of(columns.part(rows), supply.statistics)
            ranked = self.rank(demand, supply.retrieve(demand, max(self.candidates, k), rules), supply)
            explainer = self.explainer(supply)
            shortlists += (
                ranked.propose(place, profiles[row], k, self.threshold, explainer) for place, row in enumerate(rows)
            )
            if progress:
                progress("rank", len(shortlists), len(profiles))
        return shortlists

    def score(
        self, needs: Iterable[Profile], pairs: Iterable[Pair], progress: Progress | None = None
    ) -> list[ScoredPair]:
        """Score given pairs, in the order given.

        Raises
        ------
        UnknownIdError
            When a pair names a need or achievement that is in neither register.
        """
        supply = self.supply
        wanted = list(pairs)
        register = list(needs)
        refuse_strangers(wanted, {profile.id for profile in register}, supply.rows)
        names = [(pair.need_id, pair.achievement_id) for pair in wanted]
        compared = compare_named(
            self._analyst, supply, register, names, self._precedents(), progress, self.reranker.reads
        )
        scores = add_up(self.reranker.explain(compared.features))
        probabilities = self.calibration.probability(scores)
        steps = scores[:, None] + lean(compared.demand, supply, compared.pairs, self._precedents())
        grades = self.calibration.expected_grade(steps)
        return [
            ScoredPair(need, achievement, float(score), float(probability), float(grade))
            for (need, achievement), score, probability, grade in zip(names, scores, probabilities, grades, strict=True)
        ]

    def learn(
        self,
        needs: Iterable[Profile],
        judgments: Iterable[Judgment],
        *,
        gap_error: float = GAP_ERROR,
        deep: bool = False,
        progress: Progress | None = None,
    ) -> LearnReport:
        """Learn to rank from judgments; a model that is no better on needs kept aside is refused.

        Where the order stays as it was before any learning, judgments may still calibrate its probabilities, which
        takes far fewer of them.

        Parameters
        ----------
        needs : Records of Profile
        judgments : Records of Judgment
            Of several judgments of a pair the last counts, as much as its ``weight`` says.
        gap_error : float
            Of the needs that have something suitable, the share that may be called a gap. What is adopted brings the
            threshold that keeps to it; `threshold` is set to that, unless too few needs were judged to tell.
        deep : bool
            Whether to tune the encoder too (extra ``[train]``, minutes rather than seconds). The tuned one is taken
            where it clearly helps on needs kept aside, and the register is then encoded anew.
        progress : callable, optional
            Called as ``progress(stage, done, total)``.

        Returns
        -------
        LearnReport
            Whether the learned model was adopted, and by how much it was better or worse.

        Raises
        ------
        TableError
            When there are too few judgments to learn from and measure.
        RecordError
            When a grade is no whole number or a weight is not above 0; the message names the pair.
        SettingError
            When the encoder of this engine cannot be tuned, or was tuned before: it has seen the needs that
            would be kept aside. A fresh engine learns from all judgments.
        MissingExtraError
            When it shall be, without the extra ``[train]``.
        """
        supply = self.supply
        if self.weights:
            raise SettingError(
                "this engine's encoder was tuned on judgments and has seen the needs that would be kept aside; learn "
                "with a fresh engine, from the earlier judgments and the new ones"
            )
        folder = tunable_folder(self._analyst.encoder.encoder) if deep else None
        lesson = prepare_lesson(self._analyst, supply, Register(supply), needs, judgments, deep, progress)

        def advance(done: int, total: int) -> None:
            if progress:
                progress("learn", done, total)

        in_use = InUse(self.reranker, self.calibration, self.threshold, default_calibration(self.quality))
        learned = learn(lesson, in_use, self.seed, gap_error, advance, tuned_from=folder)
        if learned.report.changed:
            self.threshold = learned.report.threshold
        if learned.curves is not None:
            self.calibration = learned.curves
        if learned.report.adopted:
            self.reranker, self.calibration = learned.reranker, learned.calibration
            if learned.weights:
                self.read_with(learned.weights)
                self.fit(self.achievements, progress)
        if progress:
            progress("learn", 1, 1)
        return learned.report

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write register, index, settings and reranker to a folder, whole or not at all.

        A model that is saved again where it lies writes only what changed since; whoever has the one before open reads
        on undisturbed.
        """
        supply = self.supply
        classifier = self._analyst.classifier
        write_model(
            Path(path),
            SavedModel(
                settings={
                    "encoder": str(self.encoder) if isinstance(self.encoder, str | os.PathLike) else "",
                    "terms": sorted(self.lexicon.terms),
                    "stop_words": sorted(self.lexicon.stop_words),
                    "candidates": self.candidates,
                    "threshold": self.threshold,
                    "lang": self.lang,
                    "seed": self.seed,
                    "space": self._analyst.encoder.space,
                    "quality": self.quality,
                    **self.reading,
                },
                supply=supply,
                reranker=self.reranker,
                calibration=self.calibration,
                weights=self.weights,
                vectors=classifier.encoder.select(classifier.texts),
            ),
        )

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        encoder: str | os.PathLike[str] | Encoder | None = None,
        cache: str | os.PathLike[str] | None = None,
        segments: Collection[int] | None = None,
        progress: Progress | None = None,
    ) -> Matchmaker:
        """Read what `save` wrote; an engine built on an encoder object needs that object again.

        The index is mapped into memory, not read: a register of any size is open at once. Only where another encoder is
        given, or another version of the package reads texts otherwise, is the register indexed anew.

        Parameters
        ----------
        path : path
        encoder : str, path or Encoder, optional
            In place of the one that was saved.
        cache : path, optional
            SQLite file that keeps vectors between runs.
        segments : collection of int, optional
            The segments to open, by their number; by default all. What is opened then scores as it does in the whole.
        progress : callable, optional
            Called as ``progress(stage, done, total)``.

        Raises
        ------
        ModelError
            When the folder is not a saved model, is damaged, or was built with another dictionary or encoder; or when
            only some of its segments are wanted and would have to be indexed anew.
        """
        saved = read_model(Path(path), segments)
        settings = saved.settings
        chosen = encoder if encoder is not None else settings["encoder"] or saved.refuse_encoder()
        engine = cls(
            encoder=chosen,
            quality=settings["quality"],
            terms=settings["terms"],
            stop_words=settings["stop_words"],
            candidates=settings["candidates"],
            threshold=settings["threshold"],
            cache=cache,
            lang=settings["lang"],
            seed=settings["seed"],
        )
        if saved.weights and isinstance(engine._analyst.encoder.encoder, BundledEncoder):
            engine.read_with(saved.weights)
        saved.check(engine._analyst.segmenter.sha256, engine._analyst.encoder.space)
        engine.reranker, engine.calibration = saved.reranker, saved.calibration
        # Under the digests of encoder and text: another encoder never finds them.
        engine._analyst.classifier.encoder.memory.update(saved.vectors)
        if engine.reads_as(settings):
            return engine.serve(saved.supply)
        if segments is not None:
            raise ModelError(
                f"{path} was indexed by another encoder, another kind of processor or another version than here, and "
                "a part of an index cannot be made anew; index the register again, on a processor of this kind"
            )
        return engine.fit(Register(saved.supply).values(), progress)

    @property
    def settings(self) -> dict[str, str]:
        """Settings and fingerprints: two engines with equal ones give equal results on equal registers."""
        return {
            "encoder": self._analyst.encoder.fingerprint or type(self._analyst.encoder.encoder).__name__,
            "dictionary_sha256": self._analyst.segmenter.sha256,
            "reranker_sha256": digest(self.reranker),
            "calibration_sha256": digest(self.calibration),
            "reranker": "default" if isinstance(self.reranker, WeightedSum) else type(self.reranker).__name__,
            "candidates": str(self.candidates),
            "threshold": str(self.threshold),
            "lang": self.lang,
            "seed": str(self.seed),
        }

    def ask(self, needs: Sequence[Profile]) -> Demand:
        """Return needs as queries against this engine's index."""
        return Demand.of(self._analyst.analyse(needs), self.supply.statistics)

    def rank(self, demand: Demand, candidates: Sequence[np.ndarray], supply: Supply) -> Ranked:
        """Compare and score candidates of needs, given for each need as rows of the index that it was prepared for."""
        return rank_candidates(demand, supply, candidates, self.reranker, self.calibration, self._precedents())

    def explainer(self, supply: Supply) -> Explainer:
        """Return what explains matches with rows of an index.

        It remembers all that it reads: take one for each batch, so that memory does not grow with the needs.
        """
        return Explainer(self._analyst, supply, self.lang)

    def _precedents(self) -> Precedents | None:
        return self.reranker.precedents if isinstance(self.reranker, LearnedSum) else None
