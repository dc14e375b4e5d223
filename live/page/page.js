"use strict";
const texts = {
  en: {
    other: "한국어", scenarios: "Scenarios", load: "Load", running: "The run is under way", interrupted: "Interrupted: the run cleans up",
    pass: "The run passed", fail: "The run failed", partial: "Passed as far as it went", none: "The run has no verdict",
    lost: "The connection is lost: this is the last that was seen", full: "No news comes here: at most 16 pages get them. Close another and load this one again", elapsed: "{0} elapsed", left: "about {0} left", last: "The report comes into the output folder.",
    passed: "{0} passed", warned: "{0} warned", skipped: "{0} skipped", notPassed: "{0} not passed", of: "{0} of {1}", runs: "runs", noneYet: "none has ended yet", more: "and {0} more that did not pass",
    waiting: "waits", "set-up": "creates and tries its keys", resting: "rests: nothing is sent", ended: "ended",
    playing: "{0}, attempt {1}: {2} of {3} s, {4} keys at {5} a second", "limit-key": "published for each key: {0} a second", "limit-system": "published for all keys together: {0} a second",
    phases: "phases", now: "now", counts: "counts", short: "fell short", certificate: "certificate", holds: "holds so far",
    late: "{0} of {1} calls that may be lost, 99 % left within {2} ms of when they were due ({3} ms allowed)", certainty: "certainty",
    over: "the limit is passed on purpose; judged after the phases", few: "too few calls yet", bound: "at most {0} % of the conforming calls are refused, at 99.9 %",
    key: "key", offered: "offered/s", accepted: "accepted/s", refused: "refused", others: "other", missed: "missed", seconds: "accepted in each second; dashed: the limit", all: "all keys",
    caption: "Each key in the attempt under way; rates over the last second", captionLast: "Each key in the last attempt; rates over its last second",
  },
  ko: {
    other: "English", scenarios: "시나리오", load: "부하", running: "실행 중입니다", interrupted: "중단되었습니다: 정리하는 중입니다",
    pass: "통과했습니다", fail: "실패했습니다", partial: "확인한 범위에서는 통과했습니다", none: "판정이 없습니다",
    lost: "연결이 끊겼습니다: 마지막으로 받은 내용입니다", full: "새 소식을 받지 못합니다: 최대 16개 페이지만 갱신됩니다. 다른 페이지를 닫고 새로 고쳐 주십시오", elapsed: "{0} 경과", left: "약 {0} 남음", last: "보고서는 출력 폴더에 저장됩니다.",
    passed: "통과 {0}", warned: "경고 {0}", skipped: "건너뜀 {0}", notPassed: "통과 못 함 {0}", of: "{1}개 중 {0}개 완료", runs: "실행 중", noneYet: "아직 끝난 시나리오가 없습니다", more: "그 밖에 통과하지 못한 것 {0}개",
    waiting: "대기 중", "set-up": "키를 만들어 시험하는 중", resting: "쉬는 중: 아무것도 보내지 않음", ended: "끝남",
    playing: "{0}, {1}번째 시도: {3}초 중 {2}초, 키 {4}개에 초당 {5}건씩", "limit-key": "공개 한도: 키마다 초당 {0}건", "limit-system": "공개 한도: 모든 키를 합쳐 초당 {0}건",
    phases: "구간", now: "진행 중", counts: "유효", short: "미달", certificate: "생성기 인증", holds: "지금까지 유효",
    late: "보내지 못한 요청 {0}건(최대 {1}건), 99 %의 전송 지연은 {2} ms 이내(허용 {3} ms)", certainty: "확실성",
    over: "일부러 한도를 넘깁니다. 구간이 끝난 뒤 판정합니다", few: "아직 요청이 너무 적습니다", bound: "한도 안의 요청이 거부될 비율은 최대 {0} % (99.9 % 확신)",
    key: "키", offered: "요청/초", accepted: "수락/초", refused: "한도 거부", others: "그 밖", missed: "미전송", seconds: "초별 수락(점선: 한도)", all: "모든 키",
    caption: "진행 중인 시도의 키별 현황, 속도는 최근 1초 기준", captionLast: "마지막 시도의 키별 결과, 속도는 그 마지막 1초 기준",
  },
};
const asked = new URLSearchParams(location.search).get("lang") || (navigator.languages || []).find(l => /^(ko|en)/.test(l)) || "en";
let language = asked.startsWith("ko") ? "ko" : "en", silent = ""; // why no news comes, if none does

const at = id => document.getElementById(id);
let latest = JSON.parse(at("first").textContent);
const words = JSON.parse(at("words").textContent); // the report's, by kind and name
const called = (kind, name) => words[`${kind}.${name}`]?.[language] ?? name;
const t = (name, ...args) => fill(texts[language][name] ?? name, args);
const fill = (text, args) => text.replace(/\{(\d)\}/g, (_, i) => args[i]);
const number = (x, digits = 0) => x.toLocaleString(language, { maximumFractionDigits: digits });
const two = n => String(n).padStart(2, "0");
const ms = ns => number(ns / 1e6, 2);
function clock(ns) {
  const s = Math.round(ns / 1e9), h = Math.floor(s / 3600), m = Math.floor(s / 60);
  return h ? `${h}:${two(m % 60)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
function put(node, text) { if (node.textContent !== text) node.textContent = text; }
function make(tag, text, name) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (name) node.className = name;
  return node;
}
const word = (name, text) => make("span", text ?? called("o", name), "w w-" + name);
// quote is a text that there is in English alone.
function quote(text, tag = "span", name) {
  const node = make(tag, text, name);
  node.lang = "en";
  return node;
}
// tell is what is said in each language; in Korean it may end with a quotation.
const tell = said => language === "en" || said.ko === said.en ? [quote(said.en)] : said.quoted ? [said.ko + " ", quote(said.quoted)] : [said.ko];
// list shows lines; a list that says the same is left alone, so that no screen reader tells it again.
function list(node, lines) {
  const items = lines.map(parts => { const li = make("li"); li.append(...parts); return li; });
  const said = nodes => nodes.map(n => n.textContent).join("\n");
  if (said(items) !== said([...node.children])) node.replaceChildren(...items);
}

function draw() {
  document.documentElement.lang = language;
  put(at("language"), t("other"));
  at("language").lang = language === "ko" ? "en" : "ko";
  document.querySelectorAll("[data-t]").forEach(n => put(n, t(n.dataset.t)));
  const s = latest;
  put(at("command"), s.command);
  put(at("target"), s.target);
  document.title = `kmsproof ${s.command} ${s.verdict ? called("o", s.verdict) : clock(s.elapsed)}`;
  put(at("headline"), s.verdict ? t(s.verdict) : silent ? t(silent) : s.interrupted ? t("interrupted") : t("running"));
  at("state").className = "state" + (s.verdict ? " is-" + s.verdict : "");
  let times = t("elapsed", clock(s.elapsed));
  if (s.verdict) times += ". " + t("last");
  else if (s.left >= 0 && !s.interrupted && !silent) times += ", " + t("left", clock(s.left));
  put(at("times"), times);
  list(at("reasons"), (s.reasons || []).map(tell));
  scenarios(s.scenarios);
  loads(s.loads);
}

function scenarios(s) {
  at("scenarios").hidden = !s;
  if (!s) return;
  at("share").value = s.total ? s.done / s.total : 0;
  at("share").setAttribute("aria-label", t("scenarios"));
  const counts = !s.total ? [t("noneYet")] : [t("of", number(s.done), number(s.total)), t("passed", number(s.passed))];
  for (const name of ["warned", "skipped", "notPassed"]) if (s[name]) counts.push(t(name, number(s[name])));
  put(at("counts"), counts.join(", "));
  list(at("running"), s.running.slice(0, 3).map(r => [make("span", t("runs") + " ", "soft"), quote(r.id), r.for >= 1e9 ? " " + clock(r.for) : ""]));
  const failed = s.failed.map(f => [word(f.outcome), " ", quote(f.id, "b"), quote(f.reason, "span", "why")]);
  const rest = s.notPassed - failed.length;
  list(at("failed"), rest > 0 ? [...failed, [make("span", t("more", number(rest)), "soft")]] : failed);
}

function loads(all) {
  const box = at("loads");
  while (box.children.length < all.length) box.append(section());
  all.forEach((l, i) => one(box.children[i], l));
}
function section() {
  const s = make("section");
  s.append(make("h2"), make("p"), make("dl"));
  return s;
}
const columns = ["key", "offered", "accepted", "refused", "p99 ms", "others", "missed", "seconds"];

function one(node, l) {
  const [title, stage] = node.children;
  put(title, `${t("load")} ${l.profile}`);
  if (l.stage === "ended") stage.replaceChildren(word(l.verdict), " ", ...tell(l.why));
  else if (l.stage === "playing") put(stage, t("playing", l.phase, l.attempt, Math.round(l.at / 1e9), l.of / 1e9, l.keys.length, number(l.rate, 1)));
  else put(stage, t(l.stage) + (l.stage === "waiting" ? ` (${clock(l.left)})` : ""));
  facts(node.querySelector("dl"), l);
  table(node, l);
}

function facts(dl, l) {
  const rows = [];
  const row = (name, ...parts) => { const dd = make("dd"); dd.append(...parts); rows.push(make("dt", name), dd); };
  if (l.phases.length) row(t("phases"), ...l.phases.flatMap((p, i) => [i ? ", " : "", p.name, ...state(p, l)]));
  if (l.stage === "playing" || l.stage === "resting") {
    const c = l.certificate;
    row(t("certificate"), word(c.holds ? "holds" : "short", t(c.holds ? "holds" : "short")), ": " + t("late", number(c.lost), number(c.spare), ms(c.late), ms(c.lateMax)));
    row(t("certainty"), l.over ? t("over") : l.refusable >= 1 ? t("few") : t("bound", number(100 * l.refusable, 2)));
  }
  for (const c of l.claims) row(called("cl", c.name), word(c.verdict), ": ", ...tell(c.says));
  dl.replaceChildren(...rows);
}
function state(p, l) {
  if (l.stage === "playing" && p.name === l.phase) return [" ", make("b", t("now"))];
  if (!p.played) return [];
  return [" ", p.ok ? word("counts", t("counts")) : word("short", t("short"))];
}

function table(node, l) {
  let box = node.querySelector(".scroll");
  if (!l.keys.length) { if (box) { box.previousSibling.remove(); box.remove(); } return; }
  if (!box) {
    box = make("div", undefined, "scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    const empty = make("table");
    empty.append(make("thead"), make("tbody"));
    box.append(empty);
    node.append(make("p", undefined, "caption"), box); // above the table, which a narrow screen shows a part of
  }
  const [head, body] = box.firstChild.children, caption = t(l.stage === "ended" ? "captionLast" : "caption");
  box.setAttribute("aria-label", caption);
  put(box.previousSibling, `${caption}; ${t("limit-" + l.scope, number(l.limit, 1))}`);
  const names = make("tr");
  names.append(...columns.map(c => { const th = make("th", t(c)); th.scope = "col"; return th; }));
  head.replaceChildren(names);
  const rows = l.keys.length > 1 ? [...l.keys, sum(l.keys)] : l.keys;
  while (body.children.length > rows.length) body.lastChild.remove();
  while (body.children.length < rows.length) body.append(blank());
  const each = Math.max(l.rate, l.limit), all = Math.max(l.rate * l.keys.length, l.scope === "key" ? l.limit * l.keys.length : l.limit);
  const span = Math.min(Math.max(Math.ceil(l.of / 1e9), 1), 60);
  rows.forEach((k, i) => line(body.children[i], k, k.total ? all : each, k.total && l.scope === "key" ? l.limit * l.keys.length : l.limit, span));
}
function blank() {
  const tr = make("tr"), th = make("th");
  th.scope = "row";
  tr.append(th, ...columns.slice(1).map(() => make("td")));
  tr.lastChild.append(plot());
  return tr;
}
function plot() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  for (const name of ["line", "path"]) svg.append(document.createElementNS("http://www.w3.org/2000/svg", name));
  return svg;
}
function sum(keys) {
  const add = name => keys.reduce((n, k) => n + k[name], 0);
  const most = Math.max(...keys.map(k => k.seconds.length));
  return {
    total: true, name: t("all"), offered: add("offered"), accepted: add("accepted"), refused: add("refused"), other: add("other"), missed: add("missed"),
    p99: Math.max(...keys.map(k => k.p99)), seconds: Array.from({ length: most }, (_, i) => keys.reduce((n, k) => n + (k.seconds[i] || 0), 0)),
  };
}
// line fills the row of a key. The plot spans so many seconds; the dashed line is the limit.
function line(tr, k, top, limit, span) {
  tr.className = k.total ? "total" : "";
  const cells = [k.name, number(k.offered), number(k.accepted), number(k.refused), k.p99 ? ms(k.p99) : "-", number(k.other), number(k.missed)];
  cells.forEach((text, i) => put(tr.children[i], text));
  [[3, k.refused], [5, k.other], [6, k.missed]].forEach(([i, n]) => { tr.children[i].className = n ? "bad" : ""; });
  const svg = tr.lastChild.firstChild, y = v => (19 - 18 * Math.min(v / (top * 1.05 || 1), 1)).toFixed(2);
  const [rule, path] = svg.children;
  svg.setAttribute("viewBox", `0 0 ${span} 20`);
  for (const [name, value] of [["x1", 0], ["x2", span], ["y1", y(limit)], ["y2", y(limit)]]) rule.setAttribute(name, value);
  path.setAttribute("d", k.seconds.map((v, i) => `${i ? "L" : "M"}${i} ${y(v)}H${i + 1}`).join(""));
  svg.setAttribute("aria-label", `${t("seconds")}: ${k.seconds.slice(-5).map(v => number(v)).join(", ")}`);
}

at("language").addEventListener("click", () => { language = language === "ko" ? "en" : "ko"; draw(); });
const events = new EventSource("events");
events.onmessage = e => {
  latest = JSON.parse(e.data);
  silent = "";
  if (latest.verdict) events.close();
  if (!document.hidden) draw();
};
document.addEventListener("visibilitychange", draw);
// A connection that breaks is tried again by the browser; an answer that is no stream is its last.
events.onerror = () => {
  silent = latest.verdict ? "" : events.readyState === EventSource.CLOSED ? "full" : "lost";
  draw();
};
draw();
