// An opened need: its text at the left, its matches at the right, evidence lit in both; and the same on paper.

function drawNeed(need) {
  const among = state.listed.includes(need) ? state.listed : needs;
  const at = among.indexOf(need);
  const step = (by, key) => h("button", {
    type: "button", "data-step": by, disabled: !among[at + by], onclick: () => openNeed(among[at + by]),
  }, words[key]);
  const heading = need.suitable ? "matches" : need.expired ? "expired" : need.matches.length ? "nearest" : "no_match";
  $("need").replaceChildren(
    h("div", { class: "bar" },
      h("button", { type: "button", id: "back", onclick: closeNeed }, "← ", words.back),
      h("span", { class: "quiet" }, say("position", { at: at + 1, all: among.length })),
      step(-1, "previous"), step(1, "next"),
      h("button", { type: "button", class: "print", onclick: () => window.print() }, words.print_need)),
    h("div", { class: "panes" },
      h("section", { class: "sheet left", id: "left", tabindex: "0", "aria-label": words.need }),
      h("section", { "aria-label": words.matches },
        h("h2", { class: "label" }, words[heading]),
        h("ol", {}, need.matches.map((match, place) => drawHead(need, match, place))))));
  drawLeft(need);
  state.place = null;
  if (need.matches.length) toggleMatch(need, need.matches.indexOf(choose(need, readFilters())));
}

function drawLeft(need, marks = {}) {
  $("left").replaceChildren(
    h("p", { class: "line" }, h("span", {}, words.need, " ", need.id), need.suitable ? "" : verdict(need)),
    h("h2", { tabindex: "-1" }, marked(nameOf(need), need.title ? marks.title : [])),
    facts(need, NEED_FACTS) || "",
    ...texts(need, marks).filter(Boolean));
}

function drawHead(need, match, place) {
  const achievement = achievements[match.achievement];
  const origin = [achievement.organisation, achievement.maturity].filter(Boolean).join(" · ");
  return h("li", { class: isSuitable(need, match) ? "match card suitable" : "match card" },
    h("h3", {},
      h("button", { type: "button", "aria-expanded": "false", onclick: () => toggleMatch(need, place) },
        h("span", { class: "rank" }, match.rank),
        h("span", {}, h("span", { class: "name" }, nameOf(achievement)), h("small", {}, origin)),
        chance(need, match))),
    match.reasons.length
      ? h("ul", { class: "reasons" }, match.reasons.map((reason) => h("li", {}, reason)))
      : null);
}

// One match is open at a time, so that the need's text carries the evidence of that match alone.
function toggleMatch(need, place) {
  state.place = state.place === place ? null : place;
  $("need").querySelector(".body")?.remove();
  for (const [at, item] of $("need").querySelectorAll(".match").entries()) {
    const match = need.matches[at];
    const achievement = achievements[match.achievement];
    const isOpen = at === state.place;
    item.querySelector("button").setAttribute("aria-expanded", isOpen);
    const marks = isOpen && achievement.title ? match.achievement_marks.title : [];
    item.querySelector(".name").replaceChildren(...marked(nameOf(achievement), marks));
    if (isOpen) item.append(drawMatch(need, match));
  }
  $("need").classList.toggle("matching", state.place !== null);
  drawLeft(need, need.matches[state.place]?.need_marks);
  state.pinned = null;
  light(null);
}

function drawMatch(need, match) {
  const achievement = achievements[match.achievement];
  const label = (...children) => h("p", { class: "label" }, children);
  const others = achievement.wanted_by.map((row) => needs[row]).filter((other) => other !== need).slice(0, 5);
  const chips = match.terms.map((term, at) => term && h("button", {
    type: "button", class: "t" + (at % 8), "data-terms": at, "aria-pressed": "false",
  }, term));
  return h("div", { class: "body" },
    chips.some(Boolean)
      ? [label(words.shared_terms, h("small", {}, words.shared_hint)), h("div", { class: "chips" }, chips)]
      : null,
    h("div", { class: "echo" }, label(words.need, " ", need.id),
      h("p", {}, h("b", {}, marked(need.title, match.need_marks.title))), texts(need, match.need_marks)),
    label(words.achievement, " ", achievement.id), texts(achievement, match.achievement_marks),
    h("div", { class: "two" },
      facts(achievement, ACHIEVEMENT_FACTS),
      match.parts.length ? h("div", {}, label(words.why), drawParts(match)) : null),
    others.length
      ? [label(words.also_wanted), h("ul", { class: "others" }, others.map((other) =>
          h("li", {}, h("a", { href: linkTo(other) }, other.id, " ", other.title))))]
      : null);
}

// A waterfall: every summand starts where the one before it ended; the last bar is the score.
function drawParts(match) {
  const steps = [[words.base, match.base], ...match.parts.map(([feature, added]) => [features[feature], added])];
  if (match.rest) steps.push([say("rest", { n: match.rest[0] }), match.rest[1]]);
  const ends = [0];
  for (const [, added] of steps) ends.push(ends[ends.length - 1] + added);
  const low = Math.min(...ends, match.score);
  const scale = 100 / (Math.max(...ends, match.score) - low || 1);
  const piece = (from, to, name) =>
    bars([[(Math.min(from, to) - low) * scale, Math.max(Math.abs(to - from) * scale, 0.5), name]]);
  return h("ul", { class: "why" },
    steps.map(([name, added], at) => h("li", {}, h("span", {}, name),
      piece(ends[at], ends[at + 1], at === 0 ? "pale" : added < 0 ? "lack" : "strong"), h("b", {}, signed(added)))),
    h("li", { class: "total" }, h("span", {}, words.total),
      piece(0, match.score, "strong"), h("b", {}, signed(match.score).replace("+", ""))));
}

// ---- Pointing at a term lights it on both sides; pressing keeps it lit

const termsAt = (event) => event.target.closest("[data-terms]")?.dataset.terms.split(" ") || null;

function light(terms) {
  $("need").classList.toggle("lighting", Boolean(terms));
  for (const node of $("need").querySelectorAll("[data-terms]")) {
    const own = node.dataset.terms.split(" ");
    const pointed = terms && own.find((term) => terms.includes(term)); // where terms overlap, its colour wins
    node.className = `t${(pointed || own[0]) % 8}${pointed ? " lit" : ""}`;
    if (node.matches("button")) node.setAttribute("aria-pressed", Boolean(state.pinned?.includes(own[0])));
  }
}

function pin(event) {
  const terms = termsAt(event);
  if (!terms || event.target.closest("h3 button")) return;
  state.pinned = state.pinned?.join() === terms.join() ? null : terms;
  light(state.pinned);
  const pane = $("left");
  const first = pane.querySelector("mark.lit");
  if (!first || pane.contains(event.target) || !wide.matches) return;
  const frame = pane.getBoundingClientRect();
  const { top, bottom } = first.getBoundingClientRect();
  if (top < frame.top || bottom > frame.bottom) pane.scrollTop += top - frame.top - frame.height / 3;
}

// ---- Paper: the opened need with all its matches, or every need listed with its suitable matches

function drawPaper() {
  if ($("paper").childElementCount) return;
  const gaps = () => needs.filter(isGap);
  const shown = state.open ? [state.open] : { needs: () => state.listed, gaps }[state.view]?.();
  if (!shown) { // rows set aside and notes print as they stand, to their last row
    for (const body of $("view-" + state.view).querySelectorAll("tbody")) growing.get(body).more(Infinity);
    return;
  }
  $("paper").append(...shown.map((need) => drawLeaf(need, state.open ? need.matches.length : need.suitable)));
  document.body.classList.add("on-paper");
}

function clearPaper() {
  $("paper").replaceChildren();
  document.body.classList.remove("on-paper");
}

// Evidence of several matches together, as disjoint stretches.
function unite(matches, part) {
  const joined = [];
  const marks = matches.flatMap((match) => match.need_marks[part] || []).sort((a, b) => a[0] - b[0]);
  for (const [start, end] of marks) {
    const last = joined[joined.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end, 0]);
  }
  return joined;
}

function drawLeaf(need, full) {
  const shown = need.matches.slice(0, full);
  const marks = Object.fromEntries(["title", "description", "keywords"].map((part) => [part, unite(shown, part)]));
  const heading = need.suitable ? words.matches : words.nearest;
  return h("section", { class: "leaf" },
    h("header", {},
      h("p", { class: "line" }, h("span", {}, data.title), h("span", {}, data.made_on), verdict(need)),
      h("h2", {}, need.id, "　", marked(need.title, marks.title))),
    facts(need, NEED_FACTS), texts(need, marks),
    full ? h("h3", {}, heading) : null,
    shown.map((match) => {
      const achievement = achievements[match.achievement];
      const title = marked(nameOf(achievement), achievement.title ? match.achievement_marks.title : []);
      return h("div", { class: "offer" },
        h("h4", {}, h("span", {}, match.rank, ". ", title), h("span", {}, percent(match.probability))),
        h("ul", { class: "reasons" }, match.reasons.map((reason) => h("li", {}, reason))),
        facts(achievement, ACHIEVEMENT_FACTS), texts(achievement, match.achievement_marks));
    }),
    need.matches.length > full ? h("h3", {}, full ? words.more_matches : heading) : null,
    need.matches.slice(full).map((match) => {
      const achievement = achievements[match.achievement];
      const origin = achievement.organisation ? " · " + achievement.organisation : "";
      return h("p", { class: "short" },
        h("span", {}, match.rank, ". ", nameOf(achievement), origin), h("span", {}, percent(match.probability)));
    }));
}
