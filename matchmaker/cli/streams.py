"""The work behind ``shortlist --engine stream`` and ``ray``: a kept index, and shortlists written part by part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matchmaker
from matchmaker.batch import stream_shortlists, update_index
from matchmaker.cli.files import refuse_inputs_among
from matchmaker.cli.jobs import EngineChoice, Rules
from matchmaker.cli.options import read_as_of, read_whole
from matchmaker.cli.screen import Screen
from matchmaker.delivery.streamed import STREAMED_OUTPUTS, StreamedDelivery, write_streamed
from matchmaker.errors import TableError
from matchmaker.records import Profile
from matchmaker.register import Register
from matchmaker.tables.streams import RegisterStream, count_rows

# The index of a run that names none.
INDEX = "index"


def stream(
    screen: Screen,
    achievements: Path,
    needs: Path,
    out: Path,
    k: str,
    rules: Rules,
    choice: EngineChoice,
    index: Path | None,
    workers: str | None,
    cluster: str | None,
) -> int:
    """Do the work of ``matchmaker shortlist --engine stream``, or of ``ray`` where a cluster is named.

    Parameters
    ----------
    cluster : str or None
        Address of a Ray cluster, ``local`` for one that is started here; None to work without.
    others
        As typed.

    Returns
    -------
    int
        The exit code.
    """
    longest = read_whole("--k", k, lang=screen.lang, least=1)
    as_of = read_as_of(rules.as_of, lang=screen.lang)
    processes = read_whole("--workers", workers, lang=screen.lang, least=1) if workers else os.cpu_count() or 1
    refuse_inputs_among([out / name for name in STREAMED_OUTPUTS], [achievements, needs], lang=screen.lang)
    place = index or out / INDEX
    supply = RegisterStream(achievements, "achievement", lang=screen.lang)
    update = update_index(
        place,
        _refuse_none(screen, supply),
        choice.open(screen),
        workers=processes,
        total=count_rows(achievements),
        progress=screen.progress,
    )
    offered = supply.close()
    screen.say("indexed", path=place, kept=update.kept, read=update.read, gone=update.gone)
    if update.resumed:
        screen.say("resumed_index", count=update.resumed)
    limits = rules.build(Register(update.engine.supply).values(), as_of, screen.lang)
    demand = RegisterStream(needs, "need", lang=screen.lang)
    asked: dict[str, Any] = {
        "k": longest,
        "rules": limits,
        "lang": screen.lang,
        "workers": processes,
        "progress": screen.progress,
    }
    if cluster is None:
        made = stream_shortlists(place, _refuse_none(screen, demand), out, total=count_rows(needs), **asked)
    else:
        from matchmaker.batch.cluster import stream_on_ray

        made = stream_on_ray(
            place, _refuse_none(screen, demand), out, address=None if cluster == "local" else cluster, **asked
        )
    wanted = demand.close()
    if made.resumed:
        screen.say("resumed", count=made.resumed)
    with screen.timed("write"):
        files = write_streamed(
            StreamedDelivery(
                offered,
                wanted,
                (supply.count, demand.count),
                made.tally,
                filter=limits,
                k=longest,
                as_of=as_of,
                settings=update.engine.settings,
                lang=screen.lang,
                version=matchmaker.__version__,
                command=screen.command,
                timings=screen.seconds,
            ),
            out,
        )
    screen.say(
        "shortlisted",
        achievements=supply.count,
        needs=made.tally.needs,
        served=made.tally.served,
        unserved=made.tally.unserved,
        seconds=sum(screen.seconds.values()),
    )
    if made.tally.expired:
        screen.say("expired", count=made.tally.expired, as_of=as_of)
    screen.say("look_streamed", table=files["shortlists.parquet"], folder=out, index=place)
    rejected = (*offered.rejected, *wanted.rejected)
    screen.warn_rejected(rejected, files["rejected.csv"])
    return int(bool(rejected))


def _refuse_none(screen: Screen, stream: RegisterStream) -> Iterator[Profile]:
    """Go through a register; one without a usable row is an error, before anything is made of it."""
    yield from stream
    if not stream.count:
        known = stream.close()
        raise TableError(screen.word("no_rows", source=known.source, rejected=len(known.rejected)))
