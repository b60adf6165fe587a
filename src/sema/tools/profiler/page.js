"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const BLOCK = 100; // lines that the browser lays out, or leaves out, together
const ROWS = 200; // rows of a table that are shown at first
const number = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact" });
const percent = (part) => (100 * part).toFixed(1) + "%";
const milliseconds = (seconds) => (1000 * seconds).toFixed(1);

// --- Making elements ------------------------------------------------------------------------------

function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...inside);
  return element;
}

function draw(name, attributes = {}, ...inside) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

// --- The source -----------------------------------------------------------------------------------

// The calls of each line of each file; several that stand at one place show as the busiest.
const calls = {};
data.sites.forEach((site, i) => {
  const lines = (calls[site.file] ??= {});
  (lines[site.line] ??= []).push(i);
});
const mostCalls = Math.max(1, ...data.sites.map((site) => site.calls));
const sizeOf = (site) => 100 + Math.round((45 * Math.log1p(site.calls)) / Math.log1p(mostCalls));

// The guards of machine code of each line of each file.
const guards = data.machine_code?.guards ?? [];
const guardsOf = {};
guards.forEach((guard, i) => {
  const lines = (guardsOf[guard.file] ??= {});
  (lines[guard.line] ??= []).push(i);
});
// The end of the budget comes regularly; nothing has gone wrong then.
const exitsOf = (list) =>
  list.reduce((sum, i) => sum + (guards[i].cause === "tick" ? 0 : guards[i].count), 0);

function markOf(file, line) {
  const list = guardsOf[file]?.[line];
  if (!list) return '<span class="mark"></span>';
  const n = exitsOf(list);
  const label = `machine code on line ${line}: ${list.length} guards, ${number.format(n)} exits`;
  const shown = n ? `${compact.format(n)} ◆` : "◇";
  return `<span class="mark${n ? " left" : ""}" id="guards-${line}" data-line="${line}" role="button"`
    + ` tabindex="-1" aria-label="${label}" title="${label}">${shown}</span>`;
}

function endOfHead(text, start) {
  // What stands for a call: the name behind its bracket, or the bracket.
  const found = /^\(?[^\s()[\]{}"';`,]*/u.exec(text.slice(start));
  return start + Math.max(1, found[0].length);
}

// Columns count code points, JavaScript's strings UTF-16 units.
const unitOf = (text, column) => [...text].slice(0, column - 1).join("").length;

function lineOfSource(text, sites) {
  let html = "";
  let done = 0;
  const ordered = [...sites].sort((a, b) => data.sites[a].column - data.sites[b].column || a - b);
  for (const i of ordered) {
    const site = data.sites[i];
    const start = unitOf(text, site.column);
    if (start < done || start >= text.length) continue;
    const end = endOfHead(text, start);
    html += escaped(text.slice(done, start));
    html += `<span class="call ${site.state}" id="call-${i}" data-site="${i}" role="button" tabindex="-1"`;
    html += ` aria-label="${escaped(text.slice(start, end))}: ${number.format(site.calls)} calls, ${site.state}"`;
    html += ` style="font-size:${sizeOf(site)}%">${escaped(text.slice(start, end))}</span>`;
    done = end;
  }
  return html + escaped(text.slice(done));
}

function heatOf(file, line) {
  const seconds = data.line_seconds[file]?.[line] ?? 0;
  const share = data.seconds ? seconds / data.seconds : 0;
  const style = share > 0.001 ? ` style="background:rgb(var(--heat) / ${Math.round(8 + 60 * share)}%)"` : "";
  return `<b${style}>${share > 0.001 ? percent(share) : ""}</b>`;
}

function showFile(name) {
  const source = document.getElementById("source");
  const lines = data.files[name] ?? [];
  source.replaceChildren();
  for (let first = 0; first < lines.length; first += BLOCK) {
    const html = lines.slice(first, first + BLOCK).map((text, k) => {
      const line = first + k + 1;
      const sites = calls[name]?.[line];
      const shown = sites ? lineOfSource(text, sites) : escaped(text);
      return `<div class="row" data-line="${line}"><i>${line}</i>${heatOf(name, line)}${guardsOf[name] ? markOf(name, line) : ""}<span>${shown}</span></div>`;
    });
    const block = make("div", { class: "block code" });
    block.style.containIntrinsicHeight = `auto ${22 * html.length}px`;
    block.innerHTML = html.join("");
    source.append(block);
  }
  order = [...source.querySelectorAll(".call, .mark[role]")];
  if (order.length) order[0].tabIndex = 0;
  document.getElementById("file").value = name;
}

let order = []; // the calls and marks of the file that is shown, as they stand in it
let pinned = null; // what is kept in the panel
let chosen = null;

function choose(element, { focus = true } = {}) {
  if (chosen) {
    chosen.classList.remove("chosen");
    chosen.tabIndex = -1;
  }
  chosen = element;
  chosen.classList.add("chosen");
  chosen.tabIndex = 0;
  if (focus) {
    chosen.focus({ preventScroll: true });
    chosen.scrollIntoView({ block: "center", inline: "nearest" });
  }
  show(chosen);
}

function show(element) {
  if (element.dataset.site) showDetails(Number(element.dataset.site));
  else showGuards(document.getElementById("file").value, Number(element.dataset.line));
}

function goTo(file, id, otherwise) {
  if (document.getElementById("file").value !== file && data.files[file]) showFile(file);
  pinned = document.getElementById("file").value === file ? document.getElementById(id) : null;
  if (pinned) choose(pinned);
  else otherwise();
}

function onKey(event) {
  const at = order.indexOf(document.activeElement);
  if (at < 0) return;
  const line = (element) => Number(element.closest(".row").dataset.line);
  const here = line(order[at]);
  const keys = {
    ArrowRight: () => order[at + 1],
    ArrowLeft: () => order[at - 1],
    ArrowDown: () => order.slice(at + 1).find((other) => line(other) > here),
    ArrowUp: () => order.slice(0, at).findLast((other) => line(other) < here),
    Home: () => order[0],
    End: () => order.at(-1),
  };
  if (event.key in keys) {
    event.preventDefault();
    pinned = null;
    const next = keys[event.key]();
    if (next) choose(next);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    pinned = order[at];
    choose(pinned);
  } else if (event.key === "Escape") {
    pinned = null;
  }
}

const choiceOf = (event) => event.target.closest?.(".call, .mark[role]");

// --- What is known of a call ----------------------------------------------------------------------

function showDetails(i) {
  const site = data.sites[i];
  const panel = document.getElementById("details");
  const facts = {
    calls: number.format(site.calls),
    hits: `${number.format(site.hits)} (${percent(site.hit_rate)})`,
    misses: number.format(site.misses),
    kind: site.kind,
    "in": site.function,
  };
  const list = make("dl");
  for (const [name, value] of Object.entries(facts)) {
    list.append(make("dt", {}, name), make("dd", {}, value));
  }
  panel.replaceChildren(
    make("h2", {}, make("span", { class: site.state }, site.state)),
    make("p", { class: "code" }, `${site.file}:${site.line}:${site.column}`),
    list,
  );
  if (site.advice) panel.append(make("p", { class: "advice" }, site.advice));
  panel.append(make("h3", {}, "Callees"), calleesOf(site));
  if (site.transitions.length) panel.append(make("h3", {}, "States"), ...statesOf(site));
  const here = (guardsOf[site.file]?.[site.line] ?? []).filter(
    (i) => guards[i].function === site.function && guards[i].offset === site.offset);
  if (here.length) panel.append(make("h3", {}, "Guards of machine code"), guardList(here));
  panel.append(make("h3", {}, "Instructions, as compiled and as they are now"), instructionsOf(site));
}

const causeOf = ({ cause, register }) => (register < 0 ? cause : `${cause} of r${register}`);

function showGuards(file, line) {
  const list = guardsOf[file][line];
  document.getElementById("details").replaceChildren(
    make("h2", {}, "Machine code"),
    make("p", { class: "code" }, `${file}:${line}`),
    make("p", { class: "faint" }, "A guard tests what machine code relies on, and leaves to the interpreter where that does not hold."),
    guardList(list),
  );
}

function guardList(list) {
  const shown = make("ul");
  for (const i of list) {
    const { function: name, offset, instruction, copies, count, learnt } = guards[i];
    const facts = [
      `${name} ${String(offset).padStart(4, "0")} ${instruction}`,
      count ? `${number.format(count)} exits` : "never failed",
      copies ? `in ${copies} ${copies === 1 ? "version" : "versions"} now` : "not in use any more",
      ...learnt.map((what) => `learnt: ${what}`),
    ];
    shown.append(make("li", {}, make("strong", {}, causeOf(guards[i])), make("span", { class: "faint" }, ` ${facts.join(", ")}`)));
  }
  return shown;
}

function calleesOf(site) {
  const list = make("ul");
  for (const callee of site.callees.slice(0, 50)) {
    const place = callee.line ? ` ${callee.file}:${callee.line}` : "";
    const missed = callee.misses ? `, looked up ${number.format(callee.misses)} ×` : "";
    list.append(make("li", {}, make("code", {}, callee.name), make("span", { class: "faint" }, place + missed)));
  }
  if (site.callees.length > 50) list.append(make("li", {}, `${site.callees.length - 50} more`));
  return list;
}

function statesOf(site) {
  // On a logarithmic scale: all that happens, happens in the first few calls.
  const width = 380;
  const at = (n) => (width * Math.log1p(n)) / Math.log1p(Math.max(1, site.calls));
  const picture = draw("svg", { viewBox: `0 0 ${width} 14`, width: "100%", height: 14, role: "img" });
  picture.append(draw("title", {}, "states over the number of calls, on a logarithmic scale"));
  const list = make("ol");
  site.transitions.forEach(({ state, calls: n }, k) => {
    const next = site.transitions[k + 1]?.calls ?? site.calls;
    const x = k ? at(n - 1) : 0;
    const end = k + 1 < site.transitions.length ? at(next - 1) : width;
    picture.append(draw("rect", { class: state, x, y: 0, height: 14, width: Math.max(2, end - x) }));
    const when = n ? `from call ${number.format(n)}` : "at first";
    list.append(make("li", {}, make("span", { class: state }, state), make("span", { class: "faint" }, ` ${when}`)));
  });
  return [picture, list];
}

function instructionsOf(site) {
  const listing = make("pre");
  const { rows } = data.listings[site.listing];
  const here = rows.findIndex(([offset]) => offset === site.offset);
  for (const [offset, , before, after] of rows.slice(Math.max(0, here - 60), here + 60)) {
    const start = String(offset).padStart(4, "0") + "  ";
    const isHere = offset === site.offset;
    const line = make("span", isHere ? { class: "here" } : {});
    if (after === null) line.append(`${start}  ${before}`);
    else line.append(start, make("del", {}, `- ${before}`), "\n      ", make("ins", {}, `+ ${after}`));
    listing.append(line, isHere ? "" : "\n"); // the marked one is a block
  }
  queueMicrotask(() => {
    const row = listing.querySelector(".here");
    if (row) listing.scrollTop = row.offsetTop - listing.offsetTop - 60;
  });
  return listing;
}

// --- Tables ---------------------------------------------------------------------------------------

function table(id, columns, rows) {
  // A column is [heading, value to sort by, what is shown, whether it is a number].
  let by = columns.findIndex(([, , , isNumber]) => isNumber);
  let down = true;
  let filter = "";
  let limit = ROWS;
  const body = make("tbody");
  const head = make("tr");
  const more = make("button", { type: "button", onclick: () => { limit = Infinity; fill(); } });
  const heads = columns.map(([heading, , , isNumber], k) => {
    const button = make("button", { type: "button" }, heading);
    button.addEventListener("click", () => {
      down = k === by ? !down : Boolean(isNumber);
      by = k;
      fill();
    });
    return make("th", { scope: "col", class: isNumber ? "number" : "" }, button);
  });
  head.append(...heads);
  function fill() {
    const value = columns[by][1];
    const kept = filter ? rows.filter((row) => columns.some(([, v]) => String(v(row)).toLowerCase().includes(filter))) : [...rows];
    kept.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      const order = typeof x === "number" ? x - y : String(x).localeCompare(String(y));
      return down ? -order : order;
    });
    heads.forEach((th, k) => {
      if (k === by) th.setAttribute("aria-sort", down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    body.replaceChildren(...kept.slice(0, limit).map((row) =>
      make("tr", {}, ...columns.map(([, , shown, isNumber]) => make("td", { class: isNumber ? "number" : "" }, shown(row))))));
    more.hidden = kept.length <= limit;
    more.textContent = `show all ${number.format(kept.length)}`;
  }
  const search = make("input", { type: "search", placeholder: "filter", "aria-label": "filter the table" });
  search.addEventListener("input", () => { filter = search.value.toLowerCase(); fill(); });
  fill();
  const drawn = make("table", { id }, make("thead", {}, head), body);
  return [search, make("div", { class: "scroll" }, drawn), more];
}

function siteLink(i) {
  const site = data.sites[i];
  const link = make("a", { href: `#call-${i}` }, `${site.file}:${site.line}:${site.column}`);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(site.file, `call-${i}`, () => showDetails(i));
  });
  return link;
}

function guardLink(i) {
  const { file, line, column } = guards[i];
  const link = make("a", { href: `#guards-${line}` }, `${file}:${line}:${column}`);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(file, `guards-${line}`, () => showGuards(file, line));
  });
  return link;
}

const siteColumns = [
  ["site", (i) => data.sites[i].file + String(data.sites[i].line).padStart(7) + String(data.sites[i].column).padStart(5), siteLink, false],
  ["calls", (i) => data.sites[i].calls, (i) => number.format(data.sites[i].calls), true],
  ["hit rate", (i) => data.sites[i].hit_rate, (i) => percent(data.sites[i].hit_rate), true],
  ["misses", (i) => data.sites[i].misses, (i) => number.format(data.sites[i].misses), true],
  ["state", (i) => data.sites[i].state, (i) => make("span", { class: data.sites[i].state }, data.sites[i].state), false],
  ["callees", (i) => data.sites[i].callees.map((c) => c.name).join(" "), (i) => data.sites[i].callees.slice(0, 3).map((c) => c.name).join(", ") + (data.sites[i].callees.length > 3 ? ", …" : ""), false],
  ["source", (i) => data.sites[i].source, (i) => make("span", { class: "code" }, data.sites[i].source.slice(0, 80)), false],
];
const guardColumns = [
  ["place", (i) => guards[i].file + String(guards[i].line).padStart(7) + String(guards[i].column).padStart(5), guardLink, false],
  ["function", (i) => guards[i].function, (i) => make("code", {}, guards[i].function), false],
  ["instruction", (i) => guards[i].instruction, (i) => make("code", {}, `${String(guards[i].offset).padStart(4, "0")} ${guards[i].instruction}`), false],
  ["cause", (i) => causeOf(guards[i]), (i) => causeOf(guards[i]), false],
  ["exits", (i) => guards[i].count, (i) => number.format(guards[i].count), true],
  ["versions", (i) => guards[i].copies, (i) => number.format(guards[i].copies), true],
  ["learnt", (i) => guards[i].learnt.join(" "), (i) => guards[i].learnt.join(", "), false],
];
const functionColumns = [
  ["function", (f) => f.name, (f) => make("code", {}, f.name), false],
  ["self ms", (f) => f.self_seconds, (f) => milliseconds(f.self_seconds), true],
  ["total ms", (f) => f.total_seconds, (f) => milliseconds(f.total_seconds), true],
  ["calls", (f) => f.calls ?? -1, (f) => (f.calls === null ? "" : number.format(f.calls)), true],
  ["place", (f) => `${f.file ?? ""}:${f.line}`, (f) => (f.line ? `${f.file}:${f.line}` : f.name.startsWith("<") ? "" : "builtin"), false],
];

// --- The chart of the call caches -----------------------------------------------------------------

function chart(strategies) {
  const [left, row, width] = [90, 64, 640];
  const most = {
    seconds: Math.max(...strategies.map((s) => s.seconds)),
    calls: Math.max(1, ...strategies.map((s) => s.calls)),
    thrash: Math.max(1, ...strategies.map((s) => s.thrash ?? 0)),
  };
  const height = strategies.length * row + 8;
  const picture = draw("svg", { id: "chart", viewBox: `0 0 ${left + width + 150} ${height}`, width: "100%", role: "img" });
  picture.style.maxWidth = "1000px";
  picture.append(draw("title", {}, "time, hits, misses and thrown-out entries under each call cache"));
  strategies.forEach((s, k) => {
    const y = k * row + 4;
    const bar = (kind, level, part, text, x = 0) => {
      const length = Math.max(part ? 1 : 0, width * part);
      picture.append(draw("rect", { class: `bar-${kind}`, x: left + width * x, y: y + level * 18, width: length, height: 15 }));
      if (text) picture.append(draw("text", { x: left + width * (x + part) + 6, y: y + level * 18 + 12 }, text));
    };
    picture.append(draw("text", { x: left - 8, y: y + 12, "text-anchor": "end" }, s.call_cache));
    bar("time", 0, s.seconds / most.seconds, `${milliseconds(s.seconds)} ms`);
    bar("hits", 1, s.hits / most.calls, "");
    bar("misses", 1, s.misses / most.calls, `${number.format(s.hits)} hits, ${number.format(s.misses)} misses`, s.hits / most.calls);
    if (s.thrash !== null) bar("thrash", 2, s.thrash / most.thrash, `${number.format(s.thrash)} thrown out`);
  });
  return picture;
}

// --- The page -------------------------------------------------------------------------------------

function machineCode({ compiled, seconds, bytes, functions, exits, given_up: givenUp, trouble }) {
  const versions = Object.values(functions).reduce((sum, n) => sum + n, 0);
  const facts = {
    compilations: `${number.format(compiled)}, ${milliseconds(seconds)} ms, ${number.format(bytes)} bytes`,
    "in use": `${number.format(Object.keys(functions).length)} functions in ${number.format(versions)} versions`,
    exits: Object.entries(exits).map(([cause, n]) => `${cause} ${number.format(n)}`).join(", ") || "none",
  };
  if (trouble) facts.trouble = trouble;
  const list = make("dl", { id: "machine-code" });
  for (const [name, value] of Object.entries(facts)) list.append(make("dt", {}, name), make("dd", {}, value));
  const inside = [list];
  if (givenUp.length) {
    inside.push(make("p", {}, "Left to the interpreter for good:"), make("ul", {}, ...givenUp.map((each) =>
      make("li", {}, make("code", {}, each.function), ` ${each.file ?? ""}:${each.line}: ${each.why}`))));
  }
  if (guards.length) inside.push(...table("guards", guardColumns, guards.map((_, i) => i)));
  return inside;
}

function section(heading, ...inside) {
  return make("section", {}, make("h2", {}, heading), ...inside);
}

function build() {
  const toggle = make("button", { type: "button", id: "theme" }, "light / dark");
  toggle.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    root.dataset.theme = isDark ? "light" : "dark";
  });
  const states = ["monomorphic", "same-code", "polymorphic", "megamorphic", "variadic", "native"];
  const present = [...new Set([...states, ...data.sites.map((site) => site.state)])];
  document.body.append(
    make("header", {},
      make("h1", {}, `${data.program}`),
      make("p", {}, `${data.seconds.toFixed(2)} s, ${number.format(data.looks)} looks at the stack, call cache ${data.call_cache}. `, toggle),
      make("p", { class: "legend" }, ...present.map((state) => make("span", { class: state }, state))),
      make("p", { class: "faint" }, "A call is the larger the more often it was made. Arrow keys go from call to call, Enter keeps one, Escape lets it go."),
      ...(guards.length ? [make("p", { class: "faint" }, "◇ marks a line with guards of machine code, ◆ one where guards have failed, as often as it says.")] : []),
    ),
  );
  const choice = make("select", { id: "file", "aria-label": "file" }, ...Object.keys(data.files).map((name) => make("option", { value: name }, name)));
  choice.addEventListener("change", () => showFile(choice.value));
  const source = make("div", { id: "source" });
  source.addEventListener("keydown", onKey);
  source.addEventListener("mouseover", (event) => {
    const pointed = choiceOf(event);
    if (pointed && pinned === null) show(pointed);
  });
  source.addEventListener("focusin", (event) => {
    const focused = choiceOf(event);
    if (focused && focused !== chosen) choose(focused, { focus: false });
  });
  source.addEventListener("click", (event) => {
    pinned = choiceOf(event) ?? null;
    if (pinned) choose(pinned);
  });
  const details = make("aside", { id: "details", "aria-live": "polite" }, make("p", { class: "faint" }, "Point at a call."));
  document.body.append(
    make("section", {}, choice, make("div", { class: "workbench" }, source, details)),
    section("Call sites", ...table("sites", siteColumns, data.sites.map((_, i) => i))),
    section("Functions", ...table("functions", functionColumns, data.functions)),
  );
  const advised = data.sites.map((_, i) => i).filter((i) => data.sites[i].advice);
  if (advised.length) {
    const list = make("ul", { id: "advice" });
    for (const i of advised.slice(0, 50)) list.append(make("li", {}, siteLink(i), `: ${data.sites[i].advice}`));
    document.body.append(section("Advice", list));
  }
  if (data.strategies.length) document.body.append(section("Call caches", chart(data.strategies)));
  if (data.machine_code) document.body.append(section("Machine code", ...machineCode(data.machine_code)));
  const first = data.files[data.program] ? data.program : Object.keys(data.files)[0];
  if (first) showFile(first);
}

build();
