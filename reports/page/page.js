"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const bar = document.getElementById("filter");
  if (bar) {
    const buttons = all("button", bar), find = bar.querySelector("input"), out = bar.querySelector("output");
    const cases = all("li[data-o]").map(li => ({li, text: li.closest(".rule").textContent.toLowerCase()}));
    const apply = () => {
      const on = new Set(buttons.filter(b => b.ariaPressed === "true").map(b => b.dataset.o));
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      const narrowed = on.size > 0 || words.length > 0;
      let shown = 0;
      for (const {li, text} of cases) {
        li.hidden = on.size > 0 && !on.has(li.dataset.o) || !words.every(w => text.includes(w));
        if (!li.hidden) shown++;
      }
      for (const rule of all(".rule")) rule.hidden = narrowed && !rule.querySelector("li[data-o]:not([hidden])");
      for (const area of all("details.area")) {
        area.hidden = narrowed && !area.querySelector("li[data-o]:not([hidden])");
        if (narrowed && !area.hidden) area.open = true;
      }
      out.value = narrowed ? `${shown} of ${cases.length} lines shown` : "";
    };
    for (const b of buttons) b.addEventListener("click", () => {
      b.ariaPressed = b.ariaPressed === "true" ? "false" : "true";
      apply();
    });
    find.addEventListener("input", apply);
    bar.hidden = false;
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
  addEventListener("beforeprint", () => {
    for (const d of all("details:not(.numbers)")) d.open = true;
  });
})();
