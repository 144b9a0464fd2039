"""A small docking day made of the sample registers, a hostile one, and a large one."""

import random
from datetime import date, time

from report_content import END, IMAGE, LONG_WORD, SCRIPT, find_spans

from matchmaker import read_achievements, read_judgments, read_needs
from matchmaker.docking import Candidate, Changes, Hall, Meeting, Occasion, Party, Slot, Timetable, Unmet
from matchmaker.records import Evidence, Match, Profile
from matchmaker.report.book_content import BookContent
from matchmaker.samples import sample_path

NEEDS = {need.id: need for need in read_needs(sample_path("needs"))}
ACHIEVEMENTS = {one.id: one for one in read_achievements(sample_path("achievements"))}
RTL, EMOJI, LONG_NAME = "שלום\u202eabc\u202c عربي", "🔋👨‍👩‍👧 能源", "长名企业" * 50
SLOTS = tuple(Slot(n, time(9 + (n - 1) // 3, 20 * ((n - 1) % 3)), time(9 + n // 3, 20 * (n % 3))) for n in range(1, 7))


def make_party(id, role, name, profiles, **more):
    return Party(id, role, name, more.pop("organisation", name), profiles, frozenset(range(1, 7)), **more)


def why(need, achievement, probability=0.8):
    """Return a match that rests on the longest stretches of text that both sides share."""
    texts = [f"{one.title} {one.description} {' '.join(one.keywords)}" for one in (need, achievement)]
    shared = set()
    for length in (8, 7, 6, 5, 4, 3):
        for at in range(len(texts[0]) - length):
            piece = texts[0][at : at + length]
            if piece.isalnum() and piece in texts[1] and not any(piece in term for term in shared):
                shared.add(piece)
    terms = sorted(shared, key=lambda term: (-len(term), term))[:5]
    reasons = (f"双方均涉及{'、'.join(terms[:2])}" if terms else "领域相近", "成熟度相符")
    return Match(
        need.id,
        achievement.id,
        1,
        1.0,
        probability,
        Evidence(reasons=reasons, spans=find_spans(need, achievement, *terms)),
    )


def arrange(pairs, slots, tables):
    """Seat pairs greedily: the first slot in which both are free and a table is."""
    busy, meetings = set(), []
    for need, achievement, enterprise, team in pairs:
        for slot in range(1, slots + 1):
            table = next((t for t in tables if (slot, t) not in busy), None)
            if table is None or {(slot, enterprise), (slot, team)} & busy:
                continue
            busy |= {(slot, table), (slot, enterprise), (slot, team)}
            meetings.append(Meeting(slot, table, need, achievement, enterprise, team, 0.8))
            break
    return tuple(sorted(meetings, key=lambda m: (m.slot, tables.index(m.table))))


def build_day(lang="zh", *, hours=True, changed=True, event_id="DL-2026-11", **more):
    """Return eight enterprises and six teams of the samples, in six slots at four tables."""
    needs = sorted(NEEDS.values(), key=lambda need: need.id)[:8]
    judged = read_judgments(sample_path("judgments"))
    liked = [one for one in judged if one.grade >= 2 and one.need_id <= needs[-1].id]
    supply = [ACHIEVEMENTS[id] for id in sorted({one.achievement_id for one in liked})]
    teams = {}
    for one in supply:
        teams.setdefault(one.organisation, []).append(one)
    parties = {f"E-{n}": make_party(f"E-{n}", "enterprise", need.organisation, (need.id,), region=need.region)
               for n, need in enumerate(needs, 1)}  # fmt: skip
    owners = {}
    for n, (name, own) in enumerate(teams.items(), 1):
        leader = own[0].extra.get("leader", "")
        ids = tuple(one.id for one in own)
        parties[f"T-{n}"] = make_party(f"T-{n}", "team", f"{name} {leader}".strip(), ids, organisation=name)
        owners |= {id: f"T-{n}" for id in ids}
    seats = {need.id: f"E-{n}" for n, need in enumerate(needs, 1)}
    wished = {}  # one pair for two parties
    for one in liked:
        sides = seats[one.need_id], owners[one.achievement_id]
        wished.setdefault(sides, (one.need_id, one.achievement_id, *sides))
    tables = ("1", "2", "3", "主厅 A")
    slots = SLOTS if hours else tuple(Slot(n) for n in range(1, 7))
    meetings = arrange(wished.values(), 6, tables)
    matches = {(m.need_id, m.achievement_id): why(NEEDS[m.need_id], ACHIEVEMENTS[m.achievement_id]) for m in meetings}
    del matches[meetings[-1].need_id, meetings[-1].achievement_id]
    free = next(t for t in tables if (6, t) not in {(m.slot, m.table) for m in meetings})
    hall = Hall(slots, tables, frozenset({(6, free)}))
    unmet = (
        Unmet("E-1", wanted=4, got=3, reason="partners_full", message="对方场次已满：允许再加 1 场即可。"),
        Unmet("T-2", "N-0002", "A-0047", 1, 0, "not_available", ""),
    )
    occasion = Occasion(event_id, "大连高校院所成果对接会", date(2026, 11, 20), hall, "大连国际会议中心 3 层")
    first, second, third = meetings[:3]
    before = Meeting(5, "2", second.need_id, second.achievement_id, second.enterprise, second.team, second.probability)
    gone = Meeting(2, "3", "N-0001", "A-0040", "E-1", "T-9", 0.4)
    changes = Changes(added=(first,), dropped=(gone,), moved=((before, second),))
    candidates = tuple(
        Candidate(m.need_id, m.achievement_id, m.enterprise, m.team, 0.8, rank, standing, comment)
        for (rank, m), (standing, comment) in zip(
            enumerate(meetings, 1), [("must", "先谈价格"), ("wish", ""), *[("", "")] * 30], strict=False
        )
    )
    content = {
        "timetable": Timetable(occasion, parties, meetings, unmet, 12.5, 13.0),
        "needs": NEEDS,
        "achievements": ACHIEVEMENTS,
        "matches": matches,
        "questions": {
            "N-0001": ("“恢复到95%”：用什么工况测？", "预算是否包含运维？"),
            "N-0002": ("底片资料能否脱敏？",),
        },
        "candidates": candidates,
        "changes": changes if changed else None,
        "title": "大连高校院所成果对接手册",
        "made_on": date(2026, 11, 16),
        "lang": lang,
    }
    return BookContent(**content | more)


def build_hostile(lang="zh"):
    """Return a day whose every text was written by somebody who means harm, or by accident."""
    names = [SCRIPT, END, IMAGE, LONG_NAME, RTL, EMOJI, LONG_WORD, '=HYPERLINK("http://x","y")']
    needs = {f"N{n}": Profile(f"N{n}", "need", name, name * 3, organisation=name) for n, name in enumerate(names)}
    odd = 'A "7" & <i>/%\\'
    supply = {f"A{n}": Profile(f"A{n}", "achievement", name, IMAGE + name) for n, name in enumerate(names)}
    supply[odd] = Profile(odd, "achievement", "", END)
    parties = {f"E{n}": make_party(f"E{n}", "enterprise", name, (f"N{n}",), region=name)
               for n, name in enumerate(names)}  # fmt: skip
    parties |= {f"T{n}": make_party(f"T{n}", "team", name, (f"A{n}",)) for n, name in enumerate(names)}
    parties[odd] = make_party(odd, "team", "CON", (odd,))
    hall = Hall(SLOTS, ("1", IMAGE, LONG_WORD))
    pairs = [(f"N{n}", f"A{n}", f"E{n}", f"T{n}") for n in range(len(names))] + [("N0", odd, "E0", odd)]
    meetings = arrange(pairs, 6, hall.tables)
    matches = {
        (need, achievement): Match(
            need, achievement, 1, 1.0, 0.5,
            Evidence((SCRIPT, RTL), find_spans(needs[need], supply[achievement], names[int(need[1:])][:6])),
        )
        for need, achievement, *_ in pairs
    }  # fmt: skip
    return BookContent(
        timetable=Timetable(
            Occasion(f"{END}/..\\", SCRIPT, date(2026, 11, 20), hall, IMAGE),
            parties,
            meetings,
            (Unmet("E0", "N0", "A1", 1, 0, "vetoed", IMAGE),),
        ),
        needs=needs,
        achievements=supply,
        matches=matches,
        questions={"N0": (SCRIPT, END)},
        changes=Changes(dropped=(Meeting(9, SCRIPT, END, IMAGE, "E0", RTL, 0.1),)),
        title=SCRIPT,
        made_on=date(2026, 11, 16),
        lang=lang,
    )


def build_large(enterprises=200, teams=150, slots=20, tables=40):
    """Return a day of full size; texts are the samples', over and over."""
    rng = random.Random(1)
    needs, supply, parties = {}, {}, {}
    own, offered = sorted(NEEDS), sorted(ACHIEVEMENTS)
    for n in range(enterprises):
        model = NEEDS[own[n % len(own)]]
        id = f"N-{n:04}"
        needs[id] = Profile(id, "need", model.title, model.description, model.keywords, organisation=model.organisation)
        parties[f"E{n}"] = make_party(f"E{n}", "enterprise", f"{model.organisation}（{n}）", (id,), region=model.region)
    for n in range(teams):
        model = ACHIEVEMENTS[offered[n % len(offered)]]
        id = f"A-{n:04}"
        supply[id] = Profile(id, "achievement", model.title, model.description, model.keywords, maturity=model.maturity)
        parties[f"T{n}"] = make_party(f"T{n}", "team", f"{model.organisation}{n} 组", (id,))
    pairs = [(f"N-{e:04}", f"A-{t:04}", f"E{e}", f"T{t}") for e in range(enterprises) for t in range(teams)]
    rng.shuffle(pairs)
    names = tuple(str(n) for n in range(1, tables + 1))
    hall = Hall(tuple(Slot(n, time(9 + (n - 1) // 3, 20 * ((n - 1) % 3)), time(9 + n // 3, 20 * (n % 3)))
                      for n in range(1, min(slots, 20) + 1)), names)  # fmt: skip
    meetings = arrange(pairs[:1400], slots, names)
    matches = {}
    for m in meetings:
        need, achievement = needs[m.need_id], supply[m.achievement_id]
        shared = [word for word in ("检测", "温度", "设备", "材料", "工艺", "成本") if word in need.description]
        matches[m.need_id, m.achievement_id] = Match(
            need.id, achievement.id, 1, 1.0, 0.8,
            Evidence(("领域一致", f"双方均涉及{'、'.join(shared)}"), find_spans(need, achievement, *shared)),
        )  # fmt: skip
    return BookContent(
        timetable=Timetable(Occasion("L", "大型对接会", date(2026, 11, 20), hall), parties, meetings),
        needs=needs,
        achievements=supply,
        matches=matches,
        title="大型对接会",
        made_on=date(2026, 11, 16),
        lang="zh",
    )
