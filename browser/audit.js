// An expression: lines about what is wrong with the page as it is shown now.
(() => {
  const faults = new Set();
  const name = (e) => `${e.tagName.toLowerCase()}${e.id && "#" + e.id} ${JSON.stringify(e.textContent.trim().slice(0, 40))}`;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  // Relative luminance and contrast as WCAG 2.2 defines them; colours by way of a canvas, for any notation.
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] / 255 + under[i] * (1 - top[3] / 255));
  const behind = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      layers.push(c);
      if (c[3] === 255) break;
    }
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((under, c) => over(c, under), canvas);
  };
  const opacity = (e) => (e ? getComputedStyle(e).opacity * opacity(e.parentElement) : 1);
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const known = new Map(); // an element of one class in one place looks like another
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || e.closest("script, style, noscript, option, [aria-hidden=true]") || e.disabled || !seen(e)) continue;
    const style = getComputedStyle(e), drawn = e instanceof SVGElement;
    const back = behind(e), ink = rgba(drawn ? style.fill : style.color);
    const front = over([...ink.slice(0, 3), ink[3] * opacity(e)], back);
    const look = front + "/" + back;
    if (!known.has(look)) known.set(look, contrast(front, back));
    const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
    if (known.get(look) < (large ? 3 : 4.5)) faults.add(`contrast ${known.get(look).toFixed(2)}: ${name(e)}`);
  }

  const told = (e) => e.ariaLabel || e.title || (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("").trim();
  for (const e of document.querySelectorAll("a[href], button, summary, [tabindex='0']")) {
    if (seen(e) && !told(e) && !e.textContent.trim()) faults.add(`no name: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("input, select, textarea, progress")) {
    if (seen(e) && !told(e) && ![...e.labels].some((l) => l.textContent.trim())) faults.add(`no label: ${name(e)}`);
  }
  for (const e of document.querySelectorAll("svg, img")) {
    if (seen(e) && !e.closest("[aria-hidden=true]") && !told(e)) faults.add(`a picture without a name: ${name(e.parentElement)}`);
  }
  const sight = (e) => [...e.childNodes].map((n) => n.nodeType === Node.TEXT_NODE ? n.data : n.nodeType === Node.ELEMENT_NODE && n.getBoundingClientRect().width > 1 ? sight(n) : "").join("");
  const after = (e) => /^"(.*?)"/.exec(getComputedStyle(e, "::after").content)?.[1] ?? ""; // what is seen, not what is heard for it
  for (const e of document.querySelectorAll("td")) {
    const own = (sight(e) + after(e)).trim();
    if (seen(e) && own && rgba(getComputedStyle(e).backgroundColor)[3] > 0 && !/[\p{L}✓✗!?≈]/u.test(own)) faults.add(`told by colour alone: ${name(e)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) faults.add(`the id ${id} is there twice`);
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) faults.add(`its tabindex breaks the order: ${name(e)}`);
  let level = 0;
  for (const e of document.querySelectorAll("h1, h2, h3, h4, h5")) {
    if (!seen(e)) continue;
    const n = Number(e.tagName[1]);
    if (n > level + 1) faults.add(`a heading of level ${n} follows one of level ${level}: ${name(e)}`);
    level = n;
  }
  if (!document.documentElement.lang) faults.add("the page does not say its language");
  return [...faults];
})()
