// The page: overview, search and filters, the lists, the address and the keys. elements.js and need.js come before
// it in the same script.

const data = JSON.parse($("content").textContent);
const { words, needs, achievements, features } = data;
const rowOf = new Map(needs.map((need, row) => [need.id, row]));
const wide = matchMedia("(min-width: 861px)");
const state = { view: "needs", listed: needs, query: [], open: null, place: null, pinned: null, scroll: 0 };

// ---- Overview

function drawOverview() {
  const suitable = needs.filter((need) => need.suitable).length;
  const tiles = {
    needs: needs.length,
    achievements: data.registered,
    matches: needs.reduce((sum, need) => sum + need.matches.length, 0),
    suitable,
    gaps: needs.filter(isGap).length,
    rejected: data.rejected.length,
  };
  const expired = needs.filter((need) => need.expired).length;
  $("tiles").append(...Object.entries(tiles).map(([name, number]) =>
    h("li", { class: name === "gaps" && number ? "gap" : null },
      h("b", {}, number.toLocaleString("en")),
      h("small", {}, words["tile_" + name], name === "needs" && expired ? say("of_which_expired", { n: expired }) : ""))));
  drawChart("field", data.fields.map((row) => [row, row.served, row.gaps]), "lack");
  drawChart("institution", data.institutions.map((row) => [row, row.suitable, row.others]), "pale");
  for (const name of ["gaps", "rejected"]) {
    $("tabs").querySelector(`[data-view=${name}] .count`).textContent = tiles[name] || "";
  }
}

function drawChart(filter, rows, second) {
  const most = Math.max(1, ...rows.map(([, a, b]) => a + b));
  $(filter + "-chart").append(...rows.slice(0, 8).map(([row, a, b]) => {
    const label = say(filter + "_row", { ...row, name: row.name || words.blank });
    return h("li", {},
      h("button", {
        type: "button", title: label, "aria-label": label, disabled: !row.name,
        "data-filter": filter, "data-name": row.name, onclick: () => toggleFilter(filter, row.name),
      },
        h("span", { class: "name" }, row.name || words.blank),
        bars([[0, (100 * a) / most, "strong"], [(100 * a) / most, (100 * b) / most, second]]),
        h("span", { class: "number" }, `${a} / ${b}`)));
  }));
  if (rows.length > 8) {
    $(filter + "-chart").append(h("li", {}, h("small", {}, say("more_rows", { n: rows.length - 8 }))));
  }
}

function toggleFilter(name, value) {
  const select = $("filters").elements[name];
  select.value = select.value === value ? "" : value;
  show("needs");
  applyFilters();
}

// ---- Search, filters and the list of needs

const haystacks = new Map();
function haystack(need) {
  if (!haystacks.has(need)) {
    const join = (profile, keys) => fold(keys.map((key) => profile[key] || "").join("\n"));
    const offer = ({ achievement }) => join(achievements[achievement], ["id", "title", "keywords", "organisation"]);
    const own = join(need, ["id", "title", "description", "keywords", "organisation", "field", "region"]);
    haystacks.set(need, { own, offers: need.matches.map(offer) });
  }
  return haystacks.get(need);
}

const best = (need) => need.matches.reduce((most, match) => Math.max(most, match.probability), 0);
const due = (need) => need.date || "9999";
const ORDERS = {
  given: null,
  probability: (a, b) => best(b) - best(a),
  deadline: (a, b) => (due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : 0),
};

function readFilters() {
  const filters = Object.fromEntries(new FormData($("filters")));
  const query = fold(filters.search).split(/\s+/).filter(Boolean);
  return { ...filters, minimum: Number(filters.minimum) / 100, query };
}

function allows(filters, match) {
  const { organisation } = achievements[match.achievement];
  return (!filters.institution || organisation === filters.institution) && match.probability >= filters.minimum;
}

function passes(filters, need) {
  if (filters.field && need.field !== filters.field) return false;
  if (filters.district && need.district !== filters.district) return false;
  if (filters.status === "suitable" && !need.suitable || filters.status === "gaps" && !isGap(need)) return false;
  const narrowed = filters.institution || filters.minimum;
  if (narrowed && !need.matches.some((match) => allows(filters, match))) return false;
  if (!filters.query.length) return true;
  const { own, offers } = haystack(need);
  return filters.query.every((word) => own.includes(word) || offers.some((text) => text.includes(word)));
}

// The match to show beside a need: the best that the filters ask for, or one that holds words found nowhere else.
function choose(need, filters) {
  const fitting = need.matches.filter((match) => allows(filters, match));
  const { own, offers } = filters.query.length ? haystack(need) : { own: "", offers: [] };
  const asked = filters.query.filter((word) => !own.includes(word));
  const holds = (match) => asked.every((word) => offers[need.matches.indexOf(match)].includes(word));
  return fitting.find(holds) || fitting[0] || need.matches[0];
}

function applyFilters() {
  const filters = readFilters();
  state.query = filters.query;
  state.listed = needs.filter((need) => passes(filters, need));
  if (ORDERS[filters.order]) state.listed.sort(ORDERS[filters.order]);
  fill($("needs"), state.listed, (need) => drawRow(need, choose(need, filters)));
  $("minimum").textContent = percent(filters.minimum);
  $("found").textContent = say("count_shown", { shown: state.listed.length, all: needs.length });
  $("nothing").hidden = state.listed.length > 0;
  const { search, field, institution, district, minimum, status } = filters;
  $("reset").hidden = !(search || field || institution || district || minimum || status !== "all");
  for (const button of document.querySelectorAll("[data-filter]")) {
    const { filter, name } = button.dataset;
    button.setAttribute("aria-pressed", name !== "" && filters[filter] === name);
  }
}

function drawRow(need, match) {
  const achievement = match && achievements[match.achievement];
  const first = need.suitable ? words.best_match : words.nearest_match;
  const place = match === need.matches[0] ? first : match && say("ranked_match", match);
  return h("li", {},
    h("div", {},
      h("p", { class: "line" },
        h("span", {}, found(need.id)), h("span", {}, found(need.field)), h("span", {}, found(need.district)),
        verdict(need)),
      h("h3", {}, h("a", { href: linkTo(need) }, found(nameOf(need)))),
      h("p", { class: "line" }, found(need.organisation)),
      need.description ? h("p", { class: "snippet" }, snippet(need.description)) : null),
    h("div", { class: "best" }, match
      ? [
          h("p", { class: "line" }, h("span", {}, place), h("span", {}, found(achievement.organisation))),
          h("h4", {}, found(nameOf(achievement))),
          chance(need, match),
          h("p", { class: "snippet" }, match.reasons.join(words.between_pairs)),
        ]
      : h("p", { class: "quiet" }, need.expired ? words.expired_hint : words.no_match)));
}

// ---- Gaps, rows set aside, notes: drawn when first looked at

const VIEWS = {
  gaps(view) {
    const gaps = needs.filter(isGap);
    view.append(h("p", { class: "intro" }, gaps.length ? words.gaps_intro : words.no_gaps));
    for (const { name } of data.fields.filter((row) => row.gaps)) {
      const these = gaps.filter((need) => (need.field || "") === name);
      const list = h("ol", { class: "rows" });
      view.append(h("h2", { class: "group" }, name || words.blank, " ", h("small", {}, these.length)), list);
      fill(list, these, (need) => drawRow(need, need.matches[0]));
    }
  },
  rejected(view) {
    view.append(h("p", { class: "intro" }, data.rejected.length ? words.rejected_intro : words.no_rejected));
    if (data.rejected.length) view.append(drawTable(["file", "sheet", "row", "reason", "content"], data.rejected));
  },
  notes(view) {
    const section = (title, child) => view.append(h("section", { class: "sheet notes" }, h("h2", {}, title), child));
    section(words.reading, h("ul", {}, [1, 2, 3, 4].map((line) => h("li", {}, words["reading_" + line]))));
    section(words.settings, definitions(data.settings) || h("p", { class: "quiet" }, words.no_settings));
    section(words.notices, data.notices.length
      ? drawTable(["file", "sheet", "row", "message"], data.notices)
      : h("p", { class: "quiet" }, words.no_notices));
  },
};

function drawTable(columns, rows) {
  const body = h("tbody");
  const head = h("tr", {}, columns.map((name) => h("th", { scope: "col" }, words[name])));
  const table = h("table", { class: "table" }, h("thead", {}, head), body);
  const cell = (value, at) => h("td", { "data-label": words[columns[at]] }, value || "");
  const box = h("div", {}, table);
  fill(body, rows, (row) => h("tr", {}, row.map(cell)));
  return box;
}

function show(name) {
  state.view = name;
  for (const button of $("tabs").children) {
    if (button.dataset.view === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
    $("view-" + button.dataset.view).hidden = button.dataset.view !== name;
  }
  const view = $("view-" + name);
  if (VIEWS[name] && !view.childElementCount) VIEWS[name](view);
}

// ---- The address says which need is open

function openNeed(need) { location.hash = linkTo(need); }
function closeNeed() { location.hash = ""; }

function route() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* typed by hand and not decodable: it names nothing */ }
  const before = state.open;
  const need = needs[rowOf.get(id)] || null;
  if (need && !before) state.scroll = scrollY;
  state.open = need;
  $("home").hidden = Boolean(need);
  $("need").hidden = !need;
  document.title = need ? `${need.id} ${need.title} · ${data.title}` : data.title;
  if (need) {
    drawNeed(need);
    scrollTo(0, 0);
    $("left").querySelector("h2").focus({ preventScroll: true });
  } else if (before) {
    scrollTo(0, state.scroll);
    const links = [...$("view-" + state.view).querySelectorAll(".rows a")];
    links.find((link) => link.hash === linkTo(before))?.focus({ preventScroll: true });
  }
}

// ---- Keys

function move(by) {
  const view = state.open ? $("need") : $("view-" + state.view);
  const targets = () => [...view.querySelectorAll(state.open ? ".match h3 button" : ".rows a")];
  const at = targets().indexOf(document.activeElement) + by;
  if (at >= targets().length && state.view === "needs" && !state.open) growing.get($("needs")).more();
  const next = targets()[Math.max(at, 0)];
  next?.focus({ preventScroll: true });
  next?.closest("li").scrollIntoView({ block: state.open ? "nearest" : "center" });
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const search = event.target === $("search");
  const step = (by) => state.open && (() => $("need").querySelector(`[data-step="${by}"]`).click());
  const toSearch = () => {
    show("needs");
    selectSearch(state.open && closeNeed);
  };
  const actions = {
    "/": toSearch, j: () => move(1), k: () => move(-1),
    ArrowDown: !state.open && (() => move(1)), ArrowUp: !state.open && (() => move(-1)),
    ArrowRight: step(1), ArrowLeft: step(-1),
    Escape: () => (state.open ? closeNeed() : document.activeElement.blur()),
  };
  let action = actions[event.key];
  if (event.target.matches("input, select, textarea")) {
    if (search && event.key === "Enter") action = actions.ArrowDown;
    else if (search && event.key === "Escape" && event.target.value) return; // the browser empties the box
    else if (!(search && event.key === "ArrowDown") && event.key !== "Escape") return;
  }
  if (!action) return;
  event.preventDefault();
  action();
}

// ---- Start

function addOptions(name, values) {
  const sorted = [...new Set(values)].filter(Boolean).sort((a, b) => a.localeCompare(b, "zh"));
  $("filters").elements[name].append(...sorted.map((value) => h("option", { value }, value)));
}

function unfold() { $("more").open = $("pictures").open = wide.matches; }

drawOverview();
addOptions("field", needs.map((need) => need.field));
addOptions("district", needs.map((need) => need.district));
addOptions("institution", achievements.map((achievement) => achievement.organisation));
unfold();
applyFilters();
wide.addEventListener("change", unfold);
$("filters").addEventListener("input", applyFilters);
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(applyFilters));
$("print").addEventListener("click", () => window.print());
for (const button of $("tabs").children) button.addEventListener("click", () => show(button.dataset.view));
$("skip").addEventListener("click", (event) => { event.preventDefault(); $("main").focus(); });
$("larger").addEventListener("click", () =>
  $("larger").setAttribute("aria-pressed", document.documentElement.classList.toggle("large")));
for (const kind of ["mouseover", "focusin"]) {
  $("need").addEventListener(kind, (event) => light(termsAt(event) || state.pinned));
}
$("need").addEventListener("click", pin);
document.addEventListener("keydown", press);
window.addEventListener("hashchange", route);
window.addEventListener("beforeprint", drawPaper);
window.addEventListener("afterprint", clearPaper);
matchMedia("print").addEventListener("change", (paper) => (paper.matches ? drawPaper() : clearPaper()));
route();
