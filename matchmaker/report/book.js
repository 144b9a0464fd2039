// The book: finding a party, the grid, the marks, what is unmet and what changed, the address and the keys. elements.js,
// book_marks.js, book_party.js and book_paper.js come before it in the same script.

const data = JSON.parse($("content").textContent);
const { words, needs, achievements } = data;
const wide = matchMedia("(min-width: 701px)");
const state = { view: "parties", listed: data.parties, query: [], open: null, scroll: 0 };
const closed = new Set(data.closed.map(([slot, table]) => slot + " " + table));
const seats = new Map(data.meetings.map((meeting) => [meeting.slot + " " + meeting.table, meeting]));
for (const party of data.parties) party.meetings = [];
for (const meeting of data.meetings) {
  for (const side of ["enterprise", "team"]) partyOf(meeting, side).meetings.push(meeting);
}

// ---- Finding a party

const haystacks = new Map();
function haystack(party) {
  if (!haystacks.has(party)) {
    const own = [party.name, party.organisation, party.region, party.id, numberOf(party), numberOf(party).replace(" ", "")];
    haystacks.set(party, fold([...own, ...(party.profiles || []), ...(party.titles || [])].filter(Boolean).join("\n")));
  }
  return haystacks.get(party);
}

function applyFilters() {
  const { search, role } = Object.fromEntries(new FormData($("filters")));
  state.query = fold(search).split(/\s+/).filter(Boolean);
  const fits = (party) => (!role || party.role === role) && state.query.every((word) => haystack(party).includes(word));
  // Who is called so comes before who is merely about it.
  const named = (party) => state.query.every((word) => fold(party.name).includes(word));
  const fitting = data.parties.filter(fits);
  state.listed = state.query.length ? [...fitting.filter(named), ...fitting.filter((party) => !named(party))] : fitting;
  fill($("parties"), state.listed, drawRow);
  $("found").textContent = say("count_parties", { shown: state.listed.length, all: data.parties.length });
  $("nothing").hidden = state.listed.length > 0;
  $("reset").hidden = !(search || role);
  $("print").textContent = state.listed.length < data.parties.length ? words.print_listed : words.print_all;
}

function drawRow(party) {
  return h("li", {},
    h("div", {},
      h("h3", {}, h("a", { href: hrefOf(party), dir: "auto" }, found(party.name))),
      h("p", { class: "line" }, h("span", {}, numberOf(party)),
        [party.organisation !== party.name && party.organisation, party.region].filter(Boolean)
          .map((text) => h("span", { dir: "auto" }, found(text)))),
      (party.titles || []).slice(0, 2).map((title) => h("p", { class: "snippet", dir: "auto" }, found(title)))),
    h("div", { class: "times" }, party.meetings.length
      ? party.meetings.map((meeting) => h("span", { class: meeting.change ? "time changed" : "time" },
          h("b", {}, data.slots[meeting.slot]), " ", data.tables[meeting.table]))
      : h("span", { class: "quiet" }, words.no_meetings)));
}

// ---- The grid: tables down, slots across; or one slot, table by table, with the marks

function drawGrid(from = 0, to = data.slots.length) {
  const columns = data.slots.slice(from, to).map((name, at) => [from + at, name]);
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.table),
      columns.map(([, name]) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, data.tables.map((name, table) => h("tr", {},
      h("th", { scope: "row", dir: "auto" }, name),
      columns.map(([slot]) => drawCell(slot, table))))));
}

function drawCell(slot, table) {
  const meeting = seats.get(slot + " " + table);
  if (!meeting) return h("td", { class: "empty" }, closed.has(slot + " " + table) ? words.closed : "");
  return h("td", { class: meeting.change ? "changed" : null, "data-meeting": data.meetings.indexOf(meeting) },
    ["enterprise", "team"].map((side) => h("div", { class: side }, linkOf(partyOf(meeting, side)))),
    meeting.change ? h("span", { class: "pill change" }, words[meeting.change]) : null,
    h("span", { class: "badges" }, drawBadges(markOf(meeting))));
}

function drawSlot(slot) {
  return h("ol", { class: "rows single" }, data.tables.map((_, table) => {
    const meeting = seats.get(slot + " " + table);
    return meeting ? drawSeat(meeting) : null;
  }), closedAt(slot));
}

function closedAt(slot) {
  const free = data.tables.filter((_, table) => !seats.has(slot + " " + table));
  return free.length ? h("li", { class: "quiet" }, words.free, "　", free.join(words.comma)) : null;
}

function drawSeat(meeting) {
  return h("li", { class: "seat" },
    h("div", {},
      h("p", { class: "line" }, h("b", {}, data.slots[meeting.slot]), h("b", {}, data.tables[meeting.table]), changeOf(meeting)),
      ["enterprise", "team"].map((side) => h("h3", {}, linkOf(partyOf(meeting, side)))),
      h("p", { class: "snippet", dir: "auto" }, nameOf(needs[meeting.need]))),
    drawMarking(meeting));
}

function showGrid() {
  const slot = $("slot").value;
  $("grid").replaceChildren(slot === "" ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.tab_grid }, drawGrid()) : drawSlot(Number(slot)));
}

// ---- Marks, unmet, changes

function drawMarks() {
  const wanted = $("marked").value;
  const tests = { "": () => true, none: (mark) => !mark.state, again: (mark) => mark.again };
  const test = tests[wanted] || ((mark) => mark.state === wanted);
  const shown = data.meetings.filter((meeting) => test(markOf(meeting)));
  fill($("marks"), shown, drawSeat);
  $("unmarked").hidden = shown.length > 0;
}

function drawUnmet() {
  $("view-unmet").append(
    h("p", { class: "intro" }, data.unmet.length ? words.unmet_intro : words.no_unmet),
    h("ul", { class: "rows single" }, data.unmet.map((one) => h("li", {},
      h("h3", {}, linkOf(data.parties[one.party])),
      one.pair.length ? h("p", { dir: "auto" }, one.pair.join(" ↔ ")) : null,
      one.wanted ? h("p", { class: "line" }, say("unmet_counts", one)) : null,
      h("p", { dir: "auto" }, one.message)))));
}

function drawChanges() {
  const changed = { added: [], moved: [] };
  for (const meeting of data.meetings) if (meeting.change) changed[meeting.change].push(meeting);
  const counts = { added: changed.added.length, moved: changed.moved.length, dropped: data.dropped.length };
  const total = counts.added + counts.moved + counts.dropped;
  const line = (meeting) => h("li", {},
    h("p", { class: "line" }, h("b", {}, labelOf(meeting)), changeOf(meeting)),
    ["enterprise", "team"].map((side) => h("h3", {}, linkOf(partyOf(meeting, side)))));
  const gone = (one) => h("li", {},
    h("p", { class: "line" }, h("b", {}, one.was.join(" ")), h("span", { class: "pill gap" }, words.dropped)),
    one.names.map((name) => h("h3", { dir: "auto" }, name)));
  $("view-changes").append(
    h("p", { class: "intro" }, total ? say("changes_intro", counts) : words.no_changes),
    h("ul", { class: "rows single" }, changed.moved.map(line), changed.added.map(line), data.dropped.map(gone)));
  return total;
}

// On the day the slot that is running, or the next one; else the first.
function slotNow() {
  const two = (number) => String(number).padStart(2, "0");
  const now = new Date();
  const today = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = `${two(now.getHours())}:${two(now.getMinutes())}`;
  const slot = today === data.date ? data.ends.findIndex((end) => end > time) : 0;
  return Math.max(slot, 0);
}

// ---- Views, the address and the keys

function show(view) {
  state.view = view;
  for (const button of $("tabs").children) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
    $("view-" + button.dataset.view).hidden = button.dataset.view !== view;
  }
  if (view === "grid") showGrid();
  if (view === "marks") drawMarks();
}

function openParty(party) {
  if (!state.open) state.scroll = scrollY;
  location.hash = hrefOf(party);
}

function closeParty() {
  location.hash = "";
}

function route() {
  let id = "";
  try {
    id = decodeURIComponent(location.hash.slice(1));
  } catch { /* a broken address shows the list */ }
  const party = id ? data.parties.find((one) => one.id === id) : null;
  const before = state.open;
  if (party && !before) state.scroll = scrollY;
  state.open = party || null;
  $("home").hidden = Boolean(party);
  $("party").hidden = !party;
  document.title = party ? `${party.name} · ${data.title}` : data.title;
  if (party) {
    drawParty(party);
    scrollTo(0, 0);
    $("party").querySelector("h2").focus({ preventScroll: true });
  } else if (before) {
    $("party").replaceChildren();
    show(state.view);
    scrollTo(0, state.scroll);
    [...document.querySelectorAll("#home a")].find((link) => link.hash === hrefOf(before) && link.offsetParent)
      ?.focus({ preventScroll: true });
  }
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches("input:not([type=radio]), select, textarea");
  const step = (by) => state.open && $("party").querySelector(`[data-step="${by}"]`)?.click();
  const find = () => {
    show("parties");
    selectSearch(state.open && closeParty);
  };
  const actions = { "/": find, ArrowRight: () => step(1), ArrowLeft: () => step(-1), Escape: () => state.open && closeParty() };
  if (typing) {
    if (event.target.id === "search" && event.key === "Enter") {
      event.preventDefault();
      if (state.listed.length) openParty(state.listed[0]);
    }
    return;
  }
  if (!actions[event.key] || event.target.closest(".scroll, fieldset")) return;
  if (event.key === "/") event.preventDefault();
  actions[event.key]();
}

// ---- Start

function count(view, number) {
  $("tabs").querySelector(`[data-view=${view}] .count`).textContent = number || "";
}

loadMarks();
$("slot").append(h("option", { value: "" }, words.whole_day), ...data.slots.map((name, slot) => h("option", { value: slot }, name)));
if (!wide.matches && data.slots.length) $("slot").value = String(slotNow()); // a phone shows one slot at a time
$("marked").append(...[["", words.all_marks], ["none", words.unmarked], ...data.states, ["again", words.again]]
  .map(([value, name]) => h("option", { value }, name)));
$("unsaved").hidden = kept;
$("saved").hidden = !kept;
drawUnmet();
count("unmet", data.unmet.length);
count("changes", drawChanges());
$("tabs").querySelector("[data-view=changes]").hidden = !data.versioned;
applyFilters();
showMarks();
$("filters").addEventListener("input", applyFilters);
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(applyFilters));
$("slot").addEventListener("change", showGrid);
$("marked").addEventListener("change", drawMarks);
$("export").addEventListener("click", exportMarks);
$("import").addEventListener("change", async () => {
  const [file] = $("import").files;
  if (file) await importMarks(file);
  $("import").value = ""; // the same file may be read again
});
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const button of $("tabs").children) button.addEventListener("click", () => show(button.dataset.view));
$("skip").addEventListener("click", (event) => { event.preventDefault(); $("main").focus(); });
$("larger").addEventListener("click", () =>
  $("larger").setAttribute("aria-pressed", document.documentElement.classList.toggle("large")));
document.addEventListener("keydown", press);
window.addEventListener("hashchange", route);
window.addEventListener("storage", (event) => { // another tab of the same book
  if (event.key !== KEY) return;
  loadMarks();
  showMarks();
});
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
window.addEventListener("beforeprint", drawPaper);
window.addEventListener("afterprint", clearPaper);
matchMedia("print").addEventListener("change", (paper) => (paper.matches ? drawPaper() : clearPaper()));
route();
