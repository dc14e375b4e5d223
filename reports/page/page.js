"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;

  const form = id => document.getElementById(id).dataset.form; // words that are shown later

  // What CSS cannot switch: attributes, and elements that hold only text.
  let lines = () => {};
  const speak = lang => {
    root.lang = lang;
    for (const e of all("[data-say]")) {
      if (e.dataset.say === "text") e.textContent = e.dataset[lang];
      else e.setAttribute(e.dataset.say, e.dataset[lang]);
    }
    lines();
  };
  const prefersKorean = () => /^ko\b/i.test((navigator.languages ?? [navigator.language])[0] ?? "");
  document.getElementById("language").addEventListener("click", () => speak(root.lang === "ko" ? "en" : "ko"));

  const theme = document.getElementById("theme");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  const pressed = () => { theme.ariaPressed = String(dark()); };
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    pressed();
  });
  pressed();
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", pressed);
  document.getElementById("look").hidden = false;

  const bar = document.getElementById("filter");
  if (bar) {
    const buttons = all("button[data-o]", bar), find = bar.querySelector("input"), area = bar.querySelector("[name=area]"), level = bar.querySelector("[name=level]");
    const out = bar.querySelector("output"), clear = bar.querySelector(".clear");
    const cases = all("li[data-o]").map(li => ({li, area: li.closest("[data-area]"), text: li.closest(".rule").querySelector(".says").textContent.toLowerCase() + " " + li.textContent.toLowerCase()}));
    const areas = all("[data-area]"), rules = all(".rule"), opened = new Map();
    let shown = cases.length, narrowed = false;
    lines = () => {
      out.textContent = narrowed ? out.dataset.form.replace("{0}", shown.toLocaleString("en")).replace("{1}", cases.length.toLocaleString("en")) : "";
    };
    const apply = () => {
      const on = new Set(buttons.filter(b => b.ariaPressed === "true").map(b => b.dataset.o));
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), before = narrowed;
      narrowed = on.size > 0 || words.length > 0 || area.selectedIndex > 0 || level.selectedIndex > 0;
      if (narrowed && !before) for (const a of areas) opened.set(a, a.open);
      shown = 0;
      for (const c of cases) {
        c.li.hidden = on.size > 0 && !on.has(c.li.dataset.o) || area.selectedIndex > 0 && c.area.dataset.area !== area.value ||
          level.selectedIndex > 0 && c.li.dataset.l !== level.value ||
          !words.every(w => c.text.includes(w));
        if (!c.li.hidden) shown++;
      }
      for (const rule of rules) rule.hidden = narrowed && !rule.querySelector("li[data-o]:not([hidden])");
      for (const a of areas) {
        a.hidden = narrowed && !a.querySelector("li[data-o]:not([hidden])");
        if (narrowed) a.open = !a.hidden;
        else if (before) a.open = opened.get(a);
      }
      clear.disabled = !narrowed;
      lines();
    };
    const reset = () => {
      for (const b of buttons) b.ariaPressed = "false";
      find.value = "";
      area.selectedIndex = level.selectedIndex = 0;
      apply();
    };
    for (const b of buttons) b.addEventListener("click", () => {
      b.ariaPressed = b.ariaPressed === "true" ? "false" : "true";
      apply();
    });
    find.addEventListener("input", apply);
    area.addEventListener("change", apply);
    level.addEventListener("change", apply);
    clear.addEventListener("click", () => { reset(); find.focus(); });
    bar.addEventListener("keydown", e => { if (e.key === "Escape") { reset(); e.preventDefault(); } });
    clear.disabled = true;
    bar.hidden = false;
  }

  for (const b of all(".copy")) {
    b.hidden = false;
    const words = b.innerHTML;
    b.addEventListener("click", async () => {
      const line = b.closest("details").querySelector(".curl");
      try {
        await navigator.clipboard.writeText(line.textContent);
      } catch { // no clipboard from here: select it, so that the copy key does it
        getSelection().selectAllChildren(line);
        return;
      }
      b.textContent = form("copied");
      setTimeout(() => { b.innerHTML = words; }, 1500);
    });
  }

  // Under the pointer a plot says what its table has for that second.
  for (const svg of all("svg[data-x]")) {
    const table = svg.closest("figure").querySelector(".numbers table");
    if (!table?.tBodies[0].rows.length) continue;
    const [left, right, end] = svg.dataset.x.split(" ").map(Number), rows = table.tBodies[0].rows, out = document.createElement("p");
    out.className = "reading";
    out.ariaHidden = "true";
    svg.addEventListener("pointermove", e => {
      const box = svg.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
      const row = rows[Math.floor((x - left) / (right - left) * end / table.dataset.step)];
      if (!row || left > x) return out.remove();
      out.textContent = [...row.cells].reduce((text, c, i) => text.replace(`{${i}}`, c.textContent), form("reading"));
      svg.closest("figure").append(out);
    });
    svg.addEventListener("pointerleave", () => out.remove());
  }

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    for (let e = target; e; e = e.parentElement) e.hidden = false;
    (target.closest("li") || target.closest("details") || target).scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let folded = [];
  addEventListener("beforeprint", () => {
    const asks = all(".area").filter(a => a.querySelector(".rule:not(.kept)"));
    folded = [...asks, ...all(".rule li:not([data-o=pass]) > details, #run details")].filter(d => !d.open);
    for (const d of folded) d.open = true;
  });
  addEventListener("afterprint", () => {
    for (const d of folded) d.open = false;
  });

  if ("auto" in root.dataset && prefersKorean()) speak("ko");
})();
