// Elements and dialogs. Text goes in as text: nothing here reads markup.
import { t } from './words.js';

const svg = new Set(['svg', 'path', 'line', 'rect', 'title']);

// h makes an element. Properties that begin with "on" are listeners; false and null leave a thing out.
export function h(tag, properties = {}, ...children) {
  const e = svg.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value == null) continue;
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? '' : value);
  }
  e.append(...children.flat(Infinity).filter((c) => c !== false && c != null));
  return e;
}

// button makes a button that stays off while what it does is under way, and then has the focus again, or the one
// that took its place.
export function button(label, act, properties = {}) {
  const b = h('button', { type: 'button', ...properties, onclick: async () => {
    b.disabled = true;
    try { await act(); } finally { b.disabled = false; }
    if (document.activeElement === document.body) (b.isConnected ? b : document.getElementById(b.id) ?? document.getElementById('main')).focus();
  } }, label);
  return b;
}

let fields = 0;

// field puts a label before an input, and a hint after it.
export function field(label, input, hint) {
  const id = input.id || `field-${++fields}`;
  input.id = id;
  if (hint) input.setAttribute('aria-describedby', `${id}-hint`);
  const caption = h('label', { for: id }, label);
  const box = input.type === 'checkbox';
  return h('div', { class: box ? 'field check' : 'field' }, box ? [input, caption] : [caption, input], hint && h('small', { id: `${id}-hint` }, hint));
}

// select makes a choice among [value, text] pairs.
export function select(pairs, chosen, onchange, properties = {}) {
  return h('select', { ...properties, onchange: (e) => onchange?.(e.target.value) },
    pairs.map(([value, text]) => h('option', { value, selected: value === chosen }, text)));
}

// grid makes a table with a heading row, which stays where it is while its rows change; a column of buttons has no
// heading.
export function grid(heads, label) {
  const body = h('tbody', {});
  const region = h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, h('table', {},
    h('thead', {}, h('tr', {}, heads.map((x) => x ? h('th', { scope: 'col' }, x) : h('td', {})))), body));
  return { region, show: (rows) => body.replaceChildren(...rows.map((row) => h('tr', {}, row.map((x) => h('td', {}, x ?? '–'))))) };
}

// table is a grid that does not change. Without rows it says so in words.
export function table(heads, rows, none, label) {
  if (rows.length === 0) return h('p', { class: 'none' }, none);
  const { region, show } = grid(heads, label);
  show(rows);
  return region;
}

// pager says which part of a list is shown and leads to those beside it; nothing where it is the whole.
export function pager(at, page, size, total) {
  if (total <= size && page === 1) return null;
  return h('nav', { class: 'pager', 'aria-label': t('Pages') },
    page > 1 && h('a', { href: `${at}/${page - 1}` }, t('Previous page')),
    h('span', {}, t('{0} to {1} of {2}', count((page - 1) * size + 1), count(Math.min(page * size, total)), count(total))),
    page * size < total && h('a', { href: `${at}/${page + 1}` }, t('Next page')));
}

// copier makes a button that copies what an element holds, and says so for a moment. Without a clipboard it selects
// the text, so that the copy key does it.
export function copier(source, label) {
  const say = (word) => { b.textContent = word; b.ariaLabel = `${word}: ${label}`; };
  const b = button('', async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return;
    }
    say(t('Copied'));
    setTimeout(() => say(t('Copy')), 1500);
  });
  say(t('Copy'));
  return b;
}

// facts lists names and values.
export function facts(pairs) {
  return h('dl', {}, pairs.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value || '–')]));
}

// dialog opens a modal dialog and removes it, with all that it shows, when it closes. It resolves to what
// the form returned, or undefined when it was left.
export function dialog(title, body, { ok = t('OK'), submit = async () => true, cancel = true, danger = false } = {}) {
  return new Promise((resolve) => {
    let result;
    const fault = h('p', { class: 'fault', role: 'alert' });
    const go = h('button', { type: 'submit', class: danger ? 'danger' : 'main' }, ok);
    const form = h('form', { method: 'dialog', onsubmit: async (e) => {
      e.preventDefault();
      go.disabled = true;
      try {
        result = await submit(form);
        d.close();
      } catch (err) {
        fault.textContent = err.message;
      }
      go.disabled = false;
    } }, h('h2', { id: 'dialog-title' }, title), body, fault,
    h('div', { class: 'actions' }, cancel && h('button', { type: 'button', onclick: () => d.close() }, t('Cancel')), go));
    const d = h('dialog', { 'aria-labelledby': 'dialog-title', onclose: () => { d.remove(); resolve(result); } }, form);
    document.body.append(d);
    d.showModal();
  });
}

// confirm asks before something is done. With a word, which has to be typed, for what cannot be undone.
export function confirm(title, cautions, act, { ok, word } = {}) {
  const body = [h('div', { class: 'caution', role: 'note' }, h('strong', {}, t('Caution')), cautions.map((c) => h('p', {}, c)))];
  if (word) {
    body.push(field(t('Type {0} to go on', word), h('input', { name: 'word', required: true, autocomplete: 'off', pattern: RegExp.escape ? RegExp.escape(word) : word, title: word })));
  }
  return dialog(title, body, { ok, danger: true, submit: async () => { await act(); return true; } });
}

// when shows Unix milliseconds or a time's text in the reader's way and zone, which it names; in UTC it is the title.
// What is no time is a dash.
export function when(value) {
  const at = new Date(value ?? NaN);
  if (Number.isNaN(at.getTime())) return '–';
  const form = { dateStyle: 'medium', timeStyle: 'medium' };
  const zone = new Intl.DateTimeFormat(document.documentElement.lang, { timeZoneName: 'short' }).formatToParts(at).find((p) => p.type === 'timeZoneName').value;
  return h('time', { datetime: at.toISOString(), title: at.toISOString() }, `${at.toLocaleString(document.documentElement.lang, form)} ${zone}`);
}

// count shows a number in the reader's way, with a tenth where there is one.
export function count(x) {
  return x.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
}

// badge shows a state by colour and by word: the API's own, or another for what the API has no word for.
export function badge(state, word = state) {
  return h('span', { class: `badge ${String(state).toLowerCase()}` }, word);
}
