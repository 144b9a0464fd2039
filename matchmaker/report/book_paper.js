// On paper: the opened party alone, the grid alone, or the whole book: cover and grid, index, a page for each party.

const COLUMNS = 7; // slots side by side on a page

function drawPaper() {
  if ($("paper").childElementCount) return;
  const pages = state.open
    ? [drawLeaf(state.open)]
    : { parties: drawBook, grid: () => drawGrids() }[state.view]?.();
  if (!pages) { // marks, the unmet list and changes print as they stand, to their last row
    for (const list of $("view-" + state.view).querySelectorAll(".rows")) growing.get(list)?.more(Infinity);
    return;
  }
  $("paper").append(...pages.filter(Boolean));
  document.body.classList.add("on-paper");
}

function clearPaper() {
  $("paper").replaceChildren();
  document.body.classList.remove("on-paper");
}

function drawBook() {
  const all = state.listed.length === data.parties.length;
  const rest = (name, title, has) => has && h("section", { class: "leaf" },
    h("h2", {}, title), [...$("view-" + name).children].map((node) => node.cloneNode(true)));
  return [
    ...(all ? [...drawGrids(), drawIndex()] : []),
    ...state.listed.filter((party) => party.meetings.length).map(drawLeaf),
    all && rest("unmet", words.tab_unmet, data.unmet.length),
    all && rest("changes", words.tab_changes, data.versioned),
  ];
}

function drawTitle() {
  const summary = say("summary", {
    enterprises: data.parties.filter((party) => party.role === "enterprise").length,
    teams: data.parties.filter((party) => party.role === "team").length,
    meetings: data.meetings.length,
  });
  return h("header", { class: "title" },
    h("h1", { dir: "auto" }, data.title),
    h("p", {}, [data.day, data.place, summary].filter(Boolean).map((text) => h("span", { dir: "auto" }, text))));
}

function drawGrids() {
  const parts = Math.ceil(data.slots.length / COLUMNS) || 1;
  const wide = Math.ceil(data.slots.length / parts);
  return Array.from({ length: parts }, (_, part) => h("section", { class: "leaf wide" },
    drawTitle(), drawGrid(part * wide, Math.min((part + 1) * wide, data.slots.length))));
}

function drawIndex() {
  return h("section", { class: "leaf" }, h("h2", {}, words.index),
    h("table", { class: "index" }, h("tbody", {}, data.parties.map((party) => h("tr", {},
      h("td", {}, numberOf(party)), h("th", { scope: "row", dir: "auto" }, party.name),
      h("td", {}, party.meetings.length ? party.meetings.map(drawBegin) : words.no_meetings))))));
}

function drawBegin(meeting) {
  return [h("span", { class: "begin" }, data.slots[meeting.slot].split("–")[0], " ", data.tables[meeting.table]), " "];
}

function drawLeaf(party) {
  // Three meetings are to fit on one page: less of the party's own text, which it knows, and fewer questions.
  const roomy = party.meetings.length < 3;
  const paper = { asked: new Set(), room: roomy ? [110, 200] : [60, 100], questions: roomy ? 5 : 2 };
  return h("section", { class: "leaf" },
    h("p", { class: "running" }, h("span", { dir: "auto" }, data.title), h("span", {}, [data.day, data.place].filter(Boolean).join(" "))),
    drawHead(party), party.meetings.map((meeting) => drawMeeting(meeting, party, paper)));
}

// Boxes to tick, filled where the page already knows.
function drawBoxes(meeting) {
  const mark = markOf(meeting);
  const box = (on, text) => h("li", {}, on ? "☑ " : "☐ ", text);
  return h("ul", { class: "boxes" }, data.states.map(([code, text]) => box(mark.state === code, text)), box(mark.again, words.again));
}

function drawLines(meeting) {
  const { comment } = markOf(meeting);
  return h("div", { class: "ruled" }, comment ? h("p", { class: "text", dir: "auto" }, comment) : null, h("i"), h("i"));
}
