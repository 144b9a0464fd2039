"""The work behind each command: read, let the engine do it, write, tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import matchmaker
from matchmaker.cli.files import put_aside, refuse_inputs_among, rejections_beside, require_csv
from matchmaker.cli.options import build_filter, choose_cache, read_as_of, read_share, read_terms, read_whole
from matchmaker.cli.registers import Registers, read_known
from matchmaker.cli.screen import Screen
from matchmaker.collecting import without_collecting
from matchmaker.delivery import OUTPUTS, Delivery, count_needs, write_delivery, write_scores
from matchmaker.engine import Matchmaker
from matchmaker.errors import SettingError, TableError
from matchmaker.learning import MIN_NEEDS, MIN_PAIRS
from matchmaker.rank.filters import Filter
from matchmaker.records import Profile
from matchmaker.storage import check_target
from matchmaker.tables.contracts import JUDGMENTS, PAIRS
from matchmaker.tables.parsing import build_judgment, build_pair
from matchmaker.text.encoding import BUNDLED


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine to work with: a model, or settings for a fresh one."""

    model: Path | None = None
    encoder: str | None = None
    quality: str = "best"
    terms: tuple[str, ...] = ()
    cache: Path | None = None

    @classmethod
    def read(
        cls,
        screen: Screen,
        model: Path | None,
        encoder: str | None,
        quality: str | None,
        term: list[str] | None,
        terms_file: Path | None,
        cache: Path | None,
        no_cache: bool,
    ) -> EngineChoice:
        """Make a choice of what was typed.

        Raises
        ------
        SettingError
            If options exclude each other, or the file of terms cannot be read.
        """
        if model is not None and (term or terms_file):
            raise SettingError(screen.word("model_with_terms"))
        if quality is not None and (model is not None or encoder not in (None, "bundled")):
            raise SettingError(screen.word("quality_alone"))
        if quality is not None and quality not in BUNDLED:
            raise SettingError(screen.word("bad_quality", found=quality, allowed=", ".join(BUNDLED)))
        place, refused = choose_cache(cache, no_cache, lang=screen.lang)
        if refused:
            screen.warn("no_cache")
        return cls(model, encoder, quality or "best", read_terms(term or (), terms_file, lang=screen.lang), place)

    def open(self, screen: Screen) -> Matchmaker:
        """Return the engine."""
        with screen.timed("load"):
            if self.model is None:
                return Matchmaker(
                    encoder=self.encoder or "bundled",
                    quality=self.quality,
                    terms=self.terms,
                    cache=self.cache,
                    lang=screen.lang,
                )
            engine = Matchmaker.load(self.model, encoder=self.encoder, cache=self.cache)
            engine.lang = "zh" if screen.lang == "zh" else "en"
            return engine


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be matched, as typed."""

    fields: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    min_maturity: str = ""
    same_field: bool = False
    same_region: bool = False
    infer_fields: bool = False
    industries: tuple[str, ...] = ()
    meet_maturity: bool = False
    as_of: str = "today"

    def build(self, achievements: Iterable[Profile], as_of: date | None, lang: str) -> Filter:
        """Return the filter for a register; a name that it does not have is an error."""
        return build_filter(
            achievements,
            fields=self.fields,
            regions=self.regions,
            institutions=self.institutions,
            min_maturity=self.min_maturity,
            same_field=self.same_field,
            same_region=self.same_region,
            infer_fields=self.infer_fields,
            industries=self.industries,
            meet_maturity=self.meet_maturity,
            as_of=as_of,
            lang=lang,
        )


def make_shortlists(
    screen: Screen, achievements: Path, needs: Path, out: Path, k: str, rules: Rules, choice: EngineChoice
) -> int:
    """Do the work of ``matchmaker shortlist``; return the exit code."""
    return int(bool(_deliver(screen, achievements, needs, out, k, rules, choice).rejected()))


def run_demo(screen: Screen, out: Path, k: str) -> int:
    """Do the work of ``matchmaker demo``; return the exit code."""
    from matchmaker.cli.showing import show_matches
    from matchmaker.samples import SAMPLE_DATE, sample_path

    rules = Rules(as_of=SAMPLE_DATE.isoformat())
    delivery = _deliver(screen, sample_path("achievements"), sample_path("needs"), out, k, rules, EngineChoice())
    if not screen.quiet:
        show_matches(screen, delivery)
    return 0


def _deliver(
    screen: Screen, achievements: Path, needs: Path, out: Path, k: str, rules: Rules, choice: EngineChoice
) -> Delivery:
    """Make and write shortlists, tell what came of it, and return what was written."""
    longest = read_whole("--k", k, lang=screen.lang, least=1)
    as_of = read_as_of(rules.as_of, lang=screen.lang)
    refuse_inputs_among([out / name for name in OUTPUTS], [achievements, needs], lang=screen.lang)
    registers = Registers.read(screen, achievements, needs)
    limits = rules.build(registers.achievements, as_of, screen.lang)
    engine = choice.open(screen)
    with without_collecting():
        engine.fit(registers.achievements, progress=screen.progress)
        shortlists = engine.shortlist(registers.needs, k=longest, filter=limits, progress=screen.progress)
    delivery = Delivery(
        registers.achievements,
        registers.needs,
        shortlists,
        filter=limits,
        k=longest,
        as_of=as_of,
        settings=engine.settings,
        lang=screen.lang,
        version=matchmaker.__version__,
        command=screen.command,
        timings=screen.seconds,
    )
    with screen.timed("write"):
        files = write_delivery(delivery, out)
    counts = count_needs(delivery)
    screen.say(
        "shortlisted",
        achievements=len(registers.achievements),
        needs=counts.needs,
        served=counts.served,
        unserved=counts.unserved,
        seconds=sum(screen.seconds.values()),
    )
    if counts.expired:
        screen.say("expired", count=counts.expired, as_of=as_of)
    screen.say("look", page=files["report.html"], workbook=files["shortlists.xlsx"], folder=out)
    screen.warn_rejected(registers.rejected, files["rejected.csv"])
    return delivery


def score_pairs(screen: Screen, achievements: Path, needs: Path, pairs: Path, out: Path, choice: EngineChoice) -> int:
    """Do the work of ``matchmaker score``; return the exit code."""
    require_csv(out, lang=screen.lang)
    refuse_inputs_among([out, rejections_beside(out)], [achievements, needs, pairs], lang=screen.lang)
    registers = Registers.read(screen, achievements, needs)
    with screen.timed("read"):
        wanted = read_known(screen, pairs, PAIRS, build_pair, registers)
    engine = choice.open(screen).fit(registers.achievements, progress=screen.progress)
    scored = engine.score(registers.needs, wanted, progress=screen.progress)
    with screen.timed("write"):
        write_scores(out, scored, lang=screen.lang)
        rejected = put_aside(screen, [*registers.rejected, *wanted.rejected], rejections_beside(out))
    screen.say("scored", count=len(scored), path=out, seconds=sum(screen.seconds.values()))
    return rejected


def learn_model(
    screen: Screen,
    achievements: Path,
    needs: Path,
    judgments: Path,
    out: Path,
    gap_error: str,
    deep: bool,
    choice: EngineChoice,
) -> int:
    """Do the work of ``matchmaker learn``; return the exit code."""
    if deep and (choice.quality == "fast" or choice.encoder not in (None, "bundled")):
        raise SettingError(screen.word("deep_alone"))
    share = read_share("--gap-error", gap_error, lang=screen.lang)
    refuse_inputs_among([rejections_beside(out)], [achievements, needs, judgments], lang=screen.lang)
    check_target(out)  # before the work, not after it
    registers = Registers.read(screen, achievements, needs)
    with screen.timed("read"):
        judged = read_known(screen, judgments, JUDGMENTS, build_judgment, registers)
    rejected = put_aside(screen, [*registers.rejected, *judged.rejected], rejections_beside(out))
    counts = {
        "found": len({(row.need_id, row.achievement_id) for row in judged}),
        "judged": len({row.need_id for row in judged}),
        "grades": len({row.grade for row in judged}),
    }
    if counts["found"] < MIN_PAIRS or counts["judged"] < MIN_NEEDS or counts["grades"] < 2:
        raise TableError(screen.word("too_few", pairs=MIN_PAIRS, needs=MIN_NEEDS, **counts))
    engine = choice.open(screen)
    if engine.weights:
        raise SettingError(screen.word("tuned_before"))
    engine.fit(registers.achievements, progress=screen.progress)
    report = engine.learn(registers.needs, judged, gap_error=share, deep=deep, progress=screen.progress)
    screen.show(report.to_text("zh" if screen.lang == "zh" else "en"))
    if report.changed:
        engine.save(out)
        screen.say("learned", path=out)
    else:
        screen.say("not_learned", path=out)
    return rejected
