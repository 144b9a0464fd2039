// Marks of the day: kept in the browser under the event's id, exported as a file, merged with files of other devices.

const KEY = "matchmaker-marks:" + JSON.parse($("content").textContent).event_id;
const marks = new Map(); // by pair, as pairKey() writes it
const pairKey = (need, achievement) => JSON.stringify([need, achievement]);
const BLANK = { state: "", again: false, comment: "" };
const isBlank = (mark) => !mark.state && !mark.again && !mark.comment;
let kept = true; // whether the browser stores what is marked
let unsaved = false; // marked since the last export, where it does not

const keyOf = (meeting) => pairKey(needs[meeting.need].id, achievements[meeting.achievement].id);
const markOf = (meeting) => marks.get(keyOf(meeting)) || BLANK;
const stateName = (code) => data.states.find(([state]) => state === code)?.[1] || words.unmarked;

// Only what has the right shape is taken, whoever wrote it.
function readMark(found) {
  if (!found || typeof found.need_id !== "string" || typeof found.achievement_id !== "string") return null;
  const state = found.state || "";
  if (state && !data.states.some(([code]) => code === state)) return null;
  const comment = typeof found.comment === "string" ? found.comment : "";
  return { need_id: found.need_id, achievement_id: found.achievement_id, state, again: found.again === true, comment };
}

function loadMarks() {
  try {
    const text = localStorage.getItem(KEY);
    localStorage.setItem(KEY, text === null ? "[]" : text); // a browser that reads may still refuse to write
    const list = JSON.parse(text || "[]");
    marks.clear();
    for (const mark of list.map(readMark).filter(Boolean)) marks.set(pairKey(mark.need_id, mark.achievement_id), mark);
  } catch {
    kept = false;
  }
}

function saveMarks() {
  try {
    localStorage.setItem(KEY, JSON.stringify([...marks.values()]));
    kept = true;
  } catch {
    kept = false;
  }
  unsaved = !kept;
  $("unsaved").hidden = kept;
  $("saved").hidden = !kept;
}

function setMark(meeting, change) {
  const pair = { need_id: needs[meeting.need].id, achievement_id: achievements[meeting.achievement].id };
  const mark = { ...pair, ...BLANK, ...marks.get(keyOf(meeting)), ...change };
  if (isBlank(mark)) marks.delete(keyOf(meeting)); else marks.set(keyOf(meeting), mark);
  saveMarks();
  showMarks(meeting);
}

// ---- Controls, drawn wherever a meeting stands; showMarks() brings all of them up to date

function drawMarking(meeting) {
  const row = data.meetings.indexOf(meeting);
  const name = `${labelOf(meeting)} ${partyOf(meeting, "enterprise").name} – ${partyOf(meeting, "team").name}`;
  const button = (key, value, text) => h("button", {
    type: "button", "data-key": key, "data-value": value, "aria-pressed": "false",
    onclick: () => {
      const now = markOf(meeting)[key];
      setMark(meeting, { [key]: key === "again" ? !now : now === value ? "" : value });
    },
  }, text);
  const comment = h("textarea", {
    rows: 1, placeholder: words.comment_hint, "aria-label": words.comment, maxlength: 2000,
    oninput: () => setMark(meeting, { comment: comment.value }),
  });
  const box = h("div", { class: "marking", role: "group", "aria-label": `${words.mark}: ${name}`, "data-meeting": row },
    h("div", { class: "states" }, data.states.map(([code, text]) => button("state", code, text))),
    button("again", "again", "↻ " + words.again), comment);
  showMark(box);
  return box;
}

function showMark(box) {
  const mark = markOf(data.meetings[box.dataset.meeting]);
  for (const button of box.querySelectorAll("button")) {
    const { key, value } = button.dataset;
    button.setAttribute("aria-pressed", key === "again" ? mark.again : mark.state === value);
  }
  const comment = box.querySelector("textarea");
  if (comment && comment.value !== mark.comment) comment.value = mark.comment;
  box.querySelector(".badges")?.replaceChildren(...drawBadges(mark));
}

const SIGNS = { held: "✓", cut_short: "◐", missed: "✕" };
function drawBadges(mark) {
  return [
    mark.state && h("span", { class: "badge " + mark.state, title: stateName(mark.state) },
      h("span", { "aria-hidden": "true" }, SIGNS[mark.state] || "·"), h("span", { class: "hidden" }, stateName(mark.state))),
    mark.again && h("span", { class: "badge again", title: words.again },
      h("span", { "aria-hidden": "true" }, "↻"), h("span", { class: "hidden" }, words.again)),
  ].filter(Boolean);
}

// Without a meeting: all that is drawn.
function showMarks(meeting) {
  const which = meeting ? `="${data.meetings.indexOf(meeting)}"` : "";
  document.querySelectorAll(`[data-meeting${which}]`).forEach(showMark);
  const done = data.meetings.filter((one) => markOf(one).state).length;
  $("progress").textContent = say("progress", { done, all: data.meetings.length });
  $("tabs").querySelector("[data-view=marks] .count").textContent = done ? `${done}/${data.meetings.length}` : "";
}

// ---- Files of marks

function exportMarks() {
  const place = new Map(data.meetings.map((meeting, row) => [keyOf(meeting), row]));
  const rank = ([key]) => (place.has(key) ? place.get(key) : data.meetings.length);
  const list = [...marks].sort((a, b) => rank(a) - rank(b)).map(([, mark]) => mark);
  const file = { format: data.format, event_id: data.event_id, exported_at: new Date().toISOString(), marks: list };
  const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" }));
  const name = `marks-${data.event_id.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 60)}.json`;
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link); // some browsers follow only links that stand in the page
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  unsaved = false;
  tell(say("exported", { n: list.length, name }));
}

async function importMarks(file) {
  let found;
  try {
    found = JSON.parse((await file.text()).replace(/^\uFEFF/, ""));
  } catch {
    found = null;
  }
  if (found?.format !== data.format || !Array.isArray(found.marks)) return tell(words.bad_file);
  if (found.event_id !== data.event_id) {
    return tell(say("other_event", { found: String(found.event_id), wanted: data.event_id }));
  }
  const read = found.marks.map(readMark);
  const good = read.filter(Boolean);
  const { counts, conflicts } = mergeMarks(good);
  saveMarks();
  drawMarks();
  showMarks();
  const known = new Set(data.meetings.map(keyOf));
  const elsewhere = good.filter((mark) => !known.has(pairKey(mark.need_id, mark.achievement_id))).length;
  tell(
    say("imported", { n: good.length, ...counts, conflicts: conflicts.length }),
    elsewhere && say("elsewhere", { n: elsewhere }),
    good.length < read.length && say("unusable", { n: read.length - good.length }),
    conflicts.map(drawConflict));
}

// What is filled in here stays, blanks are filled from the file, a wish on either side counts, comments are both kept.
function mergeMarks(list) {
  const counts = { added: 0, filled: 0, same: 0 };
  const conflicts = [];
  for (const there of list) {
    const key = pairKey(there.need_id, there.achievement_id);
    const here = marks.get(key);
    const lines = here ? here.comment.split("\n") : [];
    const more = here ? there.comment.split("\n").filter((line) => line && !lines.includes(line)) : [];
    const merged = here ? {
      ...here, state: here.state || there.state, again: here.again || there.again,
      comment: [here.comment, ...more].filter(Boolean).join("\n"),
    } : there;
    if (here && there.state && here.state !== there.state && here.state) conflicts.push([key, there.state]);
    else if (!here) counts.added += 1;
    else counts[JSON.stringify(merged) === JSON.stringify(here) ? "same" : "filled"] += 1;
    if (!isBlank(merged)) marks.set(key, merged);
  }
  return { counts, conflicts };
}

function drawConflict([key, state]) {
  const here = marks.get(key);
  const meeting = data.meetings.find((one) => keyOf(one) === key);
  const names = ["enterprise", "team"].map((side) => meeting && partyOf(meeting, side).name);
  const pair = meeting ? names.join(" – ") : JSON.parse(key).join(" – ");
  const take = h("button", {
    type: "button",
    onclick: () => {
      marks.set(key, { ...marks.get(key), state });
      saveMarks();
      showMarks();
      take.disabled = true;
      take.textContent = words.taken;
    },
  }, words.take_theirs);
  return h("p", { class: "conflict" },
    h("span", {}, say("conflict", { pair, here: stateName(here.state), there: stateName(state) })), take);
}

function tell(...lines) {
  const told = lines.flat().filter(Boolean);
  $("told").replaceChildren(...told.map((line) => (line instanceof Node ? line : h("p", {}, line))));
}
