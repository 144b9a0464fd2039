// A party's page: its day, and for each meeting table, hour, partner, why they meet, what to ask, and the marks.

const partyOf = (meeting, side) => data.parties[meeting[side]];
const labelOf = (meeting) => `${data.slots[meeting.slot]} ${data.tables[meeting.table]}`;
const otherSide = (party) => (party.role === "enterprise" ? "team" : "enterprise");
const numberOf = (party) => say("number_" + party.role, { number: party.number });
const hrefOf = (party) => "#" + encodeURIComponent(party.id);
const linkOf = (party) => h("a", { href: hrefOf(party), dir: "auto" }, party.name);

function changeOf(meeting) {
  if (!meeting.change) return null;
  const [time, table] = meeting.was;
  const text = meeting.change === "added" ? words.added : `${words.moved} · ${say("was", { time, table })}`;
  return h("span", { class: "pill change" }, text);
}

function aboutParty(party) {
  const own = party.organisation && party.organisation !== party.name ? party.organisation : "";
  return h("p", { class: "line" },
    [words[party.role], own, party.region].filter(Boolean).map((text) => h("span", { dir: "auto" }, text)),
    h("span", {}, say("meetings_count", { n: party.meetings.length })));
}

function drawParty(party) {
  const among = state.listed.includes(party) ? state.listed : data.parties;
  const at = among.indexOf(party);
  const step = (by, key) => h("button", {
    type: "button", "data-step": by, disabled: !among[at + by], onclick: () => openParty(among[at + by]),
  }, words[key]);
  $("party").replaceChildren(
    h("div", { class: "bar" },
      h("button", { type: "button", id: "back", onclick: closeParty }, "← ", words.back),
      h("span", { class: "quiet" }, say("position", { at: at + 1, all: among.length })),
      step(-1, "previous"), step(1, "next"),
      h("button", { type: "button", class: "print", "data-print": true, onclick: () => window.print() }, words.print_party)),
    ...drawHead(party),
    h("div", { class: "meetings" }, party.meetings.map((meeting) => drawMeeting(meeting, party))));
}

function drawHead(party) {
  const jump = (meeting) => (event) => {
    event.preventDefault();
    document.getElementById("m" + data.meetings.indexOf(meeting))?.focus();
  };
  const dropped = data.dropped.filter((one) => data.parties[one[party.role]] === party);
  return [
    h("header", { class: "head" },
      h("p", { class: "number" }, numberOf(party)),
      h("h2", { tabindex: "-1", dir: "auto" }, party.name), aboutParty(party)),
    party.meetings.length
      ? h("table", { class: "day" },
          h("caption", { class: "label" }, words.day_of),
          h("tbody", {}, party.meetings.map((meeting) => h("tr", { class: meeting.change ? "changed" : null },
            h("th", { scope: "row" }, data.slots[meeting.slot]),
            h("td", {}, data.tables[meeting.table]),
            h("td", {}, h("a", { href: "#", onclick: jump(meeting), dir: "auto" }, partyOf(meeting, otherSide(party)).name),
              changeOf(meeting) && [" ", changeOf(meeting)])))))
      : h("p", { class: "message" }, words.no_meetings),
    ...dropped.map((one) => h("p", { class: "gone" },
      h("span", { class: "pill gap" }, words.dropped), " ", one.was.join(" "), " ",
      say("with", { partner: one.names[party.role === "enterprise" ? 1 : 0] }))),
  ];
}

const SIDES = { need: NEED_FACTS, achievement: ACHIEVEMENT_FACTS };
const SHOWN_FACTS = ["maturity", "mode", "money", "date"];

// On paper texts are shorter, the full text stays away, and boxes and lines wait for a pen; what was asked further up on
// the page is not asked again.
function drawMeeting(meeting, party, paper = null) {
  const partner = partyOf(meeting, otherSide(party));
  const questions = paper?.asked.has(meeting.need) ? [] : needs[meeting.need].questions || [];
  paper?.asked.add(meeting.need);
  const label = (text) => h("h4", { class: "label" }, text);
  const card = h("section", { class: "meeting card", "aria-label": `${labelOf(meeting)} ${partner.name}` },
    h("div", { class: "when" },
      h("b", {}, data.slots[meeting.slot]), h("span", { class: "table-name" }, data.tables[meeting.table]),
      paper ? drawBoxes(meeting) : null),
    h("div", { class: "what" },
      h("h3", {}, paper ? h("span", { dir: "auto" }, partner.name) : linkOf(partner)),
      h("p", { class: "line" },
        h("span", {}, numberOf(partner)),
        partner.organisation && partner.organisation !== partner.name ? h("span", { dir: "auto" }, partner.organisation) : null,
        changeOf(meeting), meeting.locked ? h("span", { class: "pill" }, words.locked) : null),
      h("div", { class: "why" }, label(words.why),
        meeting.reasons
          ? h("ul", { class: "reasons" }, meeting.reasons.map((reason) => h("li", { dir: "auto" }, reason)))
          : h("p", { class: "quiet" }, words.asked_for)),
      paper || !meeting.terms?.some(Boolean) ? null : h("div", { class: "chips", role: "group", "aria-label": words.shared_terms },
        meeting.terms.map((term, at) => term && h("button", {
          type: "button", class: "t" + (at % 8), "data-terms": at, "aria-pressed": "false",
        }, term))),
      h("div", { class: "two" }, Object.keys(SIDES).map((side) => drawSide(meeting, side, party, paper))),
      questions.length
        ? [label(words["ask_" + party.role]),
           h("ol", { class: "questions" }, questions.slice(0, paper?.questions).map((one) => h("li", { dir: "auto" }, one)))]
        : null,
      paper ? drawLines(meeting) : drawMarking(meeting)));
  if (!paper) {
    card.id = "m" + data.meetings.indexOf(meeting);
    card.tabIndex = -1;
    lighten(card);
  }
  return card;
}

function drawSide(meeting, side, party, paper) {
  const own = side === (party.role === "enterprise" ? "need" : "achievement");
  const profile = { need: needs, achievement: achievements }[side][meeting[side]];
  const found = meeting[side + "_marks"] || {};
  const told = Object.entries(SIDES[side]).filter(([, key]) => SHOWN_FACTS.includes(key) && profile[key]);
  const full = h("details", {}, h("summary", {}, words.full_text));
  full.addEventListener("toggle", () => full.childElementCount < 2 && full.append(
    ...[texts(profile, found), facts(profile, SIDES[side])].flat().filter(Boolean)));
  return h("div", { class: "side" },
    h("p", { class: "label" }, words[side], " ", profile.id),
    h("p", { class: "subject", dir: "auto" }, marked(nameOf(profile), profile.title ? found.title : [])),
    profile.description
      ? h("p", { class: "text", dir: "auto" }, excerpt(profile.description, found.description, paper ? paper.room[own ? 0 : 1] : 200))
      : null,
    told.length && !(paper && own) // who reads the sheet knows its own
      ? h("p", { class: "line" }, told.map(([name, key]) => h("span", {}, words[name], " ", h("b", {}, profile[key]))))
      : null,
    paper || !(profile.description || profile.keywords) ? null : full);
}

// The sentences that carry most evidence, in their own order, up to a number of characters; the beginning without any.
function excerpt(text, found = [], limit) {
  if (text.length <= limit) return marked(text, found);
  const sentences = [...text.matchAll(/[^。！？；\n]+[。！？；\n]*/g)].map(({ 0: { length }, index }) => {
    const inside = found.filter(([start, end]) => start < index + length && end > index);
    const terms = new Set(inside.flatMap((mark) => mark.slice(2)));
    return { start: index, end: index + length, weight: terms.size, first: inside[0]?.[0] ?? index };
  });
  const chosen = [];
  let room = limit;
  for (const one of [...sentences].sort((a, b) => b.weight - a.weight || a.start - b.start)) {
    if (chosen.length && (one.end - one.start > room || (found.length && !one.weight))) continue;
    if (one.end - one.start > room) { // a long sentence: what stands around its first evidence
      one.start = Math.max(one.start, Math.min(one.first - 20, one.end - room));
      one.end = Math.min(one.end, one.start + room);
    }
    room -= one.end - one.start;
    chosen.push(one);
    if (room < 20) break;
  }
  chosen.sort((a, b) => a.start - b.start);
  let at = 0;
  const pieces = chosen.flatMap(({ start, end }) => {
    const gap = text.slice(at, start).trim() ? "…" : "";
    at = end;
    const local = found.filter((mark) => mark[0] < end && mark[1] > start)
      .map(([from, to, ...terms]) => [Math.max(from, start) - start, Math.min(to, end) - start, ...terms]);
    return [gap, marked(text.slice(start, end).replace(/\s/g, " "), local)];
  });
  return [...pieces, text.slice(at).trim() ? "…" : ""];
}

// Pointing at what both texts share lights it on both sides; pressing keeps it lit.
function lighten(card) {
  let pinned = null;
  const light = (term) => {
    card.classList.toggle("lighting", term !== null);
    for (const node of card.querySelectorAll("[data-terms]")) {
      node.classList.toggle("lit", term !== null && node.dataset.terms.split(" ").includes(term));
      if (node.matches("button")) node.setAttribute("aria-pressed", node.dataset.terms === pinned);
    }
  };
  const termAt = (event) => event.target.closest("[data-terms]")?.dataset.terms.split(" ")[0] ?? null;
  card.addEventListener("mouseover", (event) => light(termAt(event) ?? pinned));
  card.addEventListener("mouseleave", () => light(pinned));
  card.addEventListener("click", (event) => {
    const term = termAt(event);
    if (term === null) return;
    pinned = pinned === term ? null : term;
    light(pinned);
  });
}
