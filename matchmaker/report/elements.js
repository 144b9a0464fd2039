// Elements and texts. What the registers say becomes text nodes and attribute values, never markup.

const $ = (id) => document.getElementById(id);

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// Pieces are [from, width, class] in hundredths of the whole.
function bars(pieces) {
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const svg = make("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(make("rect", { class: "track", width: 100, height: 8 }));
  for (const [x, width, name] of pieces) svg.append(make("rect", { class: name, x, width, height: 8 }));
  return svg;
}

const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const signed = (x) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(2);
const nameOf = (profile) => profile.title || profile.id;
const linkTo = (need) => "#" + encodeURIComponent(need.id);
const isSuitable = (need, match) => need.matches.indexOf(match) < need.suitable;

function percent(p) {
  if (p > 0 && p < 0.01) return "<1%";
  return p < 1 && p > 0.99 ? ">99%" : `${Math.round(p * 100)}%`;
}

function chance(need, match) {
  const filled = [0, 100 * match.probability, isSuitable(need, match) ? "strong" : "pale"];
  return h("span", { class: "chance" }, bars([filled]), h("b", {}, percent(match.probability)));
}

// To search from anywhere: with nothing open at once, or the first letters typed are lost; else when the list is back.
function selectSearch(close) {
  const select = () => $("search").select();
  if (!close) return select();
  addEventListener("hashchange", select, { once: true }); // after route(), which listens from the start
  close();
}

const isGap = (need) => !need.suitable && !need.expired;

function verdict(need) {
  if (need.expired) return h("span", { class: "pill" }, words.expired);
  if (!need.suitable) return h("span", { class: "pill gap" }, words.gap);
  return h("span", { class: "pill" }, say("suitable_count", { n: need.suitable }));
}

// Half-width and lower case, of the same length, so that places found in one are places in the other.
function fold(text) {
  const half = text.replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const lower = half.toLowerCase();
  return lower.length === text.length ? lower : half;
}

// Cut a text at disjoint, sorted stretches [start, end, ...] and let wrap draw each of them.
function cut(text, stretches, wrap) {
  const pieces = [];
  let at = 0;
  for (const [start, end, ...rest] of stretches) {
    if (start < at) continue;
    pieces.push(text.slice(at, start), wrap(text.slice(start, end), rest));
    at = end;
  }
  return [...pieces, text.slice(at)];
}

// Evidence: the same term has the same colour in both texts.
function marked(text, marks = []) {
  return cut(text, marks, (piece, terms) =>
    h("mark", { class: "t" + (terms[0] % 8), "data-terms": terms.join(" ") }, piece));
}

// Words searched for.
function found(text = "", query = state.query) {
  const folded = fold(text);
  const hits = [];
  for (const word of query) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      hits.push([at, at + word.length]);
    }
  }
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return cut(text, hits, (piece) => h("mark", {}, piece));
}

// The beginning of a text, or the place where a word searched for occurs.
function snippet(text) {
  const folded = fold(text);
  const first = Math.min(...state.query.map((word) => folded.indexOf(word)).filter((place) => place >= 0));
  const from = first > 60 && first < Infinity ? first - 20 : 0;
  return found((from ? "…" : "") + text.slice(from, from + 160).replace(/\s+/g, " "));
}

const NEED_FACTS = {
  enterprise: "organisation", field: "field", region: "region", required_maturity: "maturity",
  cooperation_mode: "mode", budget: "money", deadline: "date",
};
const ACHIEVEMENT_FACTS = {
  institution: "organisation", field: "field", region: "region", maturity: "maturity",
  transfer_mode: "mode", price: "money", updated_on: "date",
};

function definitions(rows) {
  const filled = rows.filter(([, value]) => value);
  return filled.length
    ? h("dl", { class: "facts" }, filled.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))
    : null;
}

function facts(profile, keys) {
  const rows = Object.entries(keys).map(([name, key]) => [words[name], profile[key]]);
  return definitions([...rows, ...(profile.extra || [])]);
}

function texts(profile, marks = {}) {
  const { description, keywords } = profile;
  return [
    description ? h("p", { class: "text" }, marked(description, marks.description)) : null,
    keywords ? h("p", { class: "text keywords" }, words.keywords, "　", marked(keywords, marks.keywords)) : null,
    description || keywords ? null : h("p", { class: "quiet" }, words.no_text),
  ];
}

// ---- Long lists are drawn in pieces, as their end comes near the screen

const PIECE = 30;
const growing = new WeakMap();

function fill(list, items, draw) {
  growing.get(list)?.stop();
  let drawn = 0;
  const end = h("span", { "aria-hidden": "true" });
  const more = (count = PIECE) => {
    list.append(...items.slice(drawn, drawn + count).map(draw));
    drawn += count;
    watcher.disconnect();
    if (drawn < items.length) watcher.observe(end); else end.remove();
  };
  const watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && more(), {
    rootMargin: "800px",
  });
  growing.set(list, { more, stop: () => { watcher.disconnect(); end.remove(); } });
  list.replaceChildren();
  (list.closest("table") || list).after(end);
  more();
}
