// What concerns the whole server: journal, load, clock, regions, limits.
import { h, button, field, table, grid, confirm, count, when, badge } from './dom.js';
import { control, serverNow, state } from './api.js';
import { t } from './words.js';
import { shown } from './key.js';

// repeat does something now and each so many milliseconds, never twice at once, until it is left.
function repeat(content, millis, act) {
  let timer, left = false;
  const round = async () => {
    try { await act(); } catch { /* the server is gone or busy; the next round asks again */ }
    if (!left) timer = setTimeout(round, millis);
  };
  content.leave = () => { left = true; clearTimeout(timer); };
  timer = setTimeout(round, 0);
  return content;
}

export function journal() {
  const rows = [];
  let last = 0;
  const calls = grid(['#', t('Time'), 'API', t('Action'), t('Status'), t('By'), t('From'), t('Tag'), t('Why refused')], t('Journal'));
  const body = h('div', {}), none = h('p', { class: 'none' }, t('No call yet.'));
  const filter = h('input', { id: 'journal-filter', type: 'search', autocomplete: 'off', oninput: () => show() });
  const line = (e) => [String(e.seq), when(e.time), e.api + (e.region ? ` ${e.region}` : ''), e.op ?? h('code', {}, e.path), h('span', { class: e.status === 200 ? 'badge ok' : 'badge refused' }, String(e.status)),
    [e.caller ?? '–', e.callerKind && e.callerKind !== 'account' ? ` ${e.callerKind}` : ''].join(''), e.from, e.key && h('code', { class: 'tag', title: e.key }, e.key), [e.reason, e.detail].filter(Boolean).join(': ')];
  const show = () => {
    const word = filter.value.toLowerCase();
    const found = rows.filter((e) => !word || JSON.stringify(e).toLowerCase().includes(word)).slice(0, 200);
    calls.show(found.map(line));
    const shows = found.length ? calls.region : none;
    if (body.firstChild !== shows) body.replaceChildren(shows); // who reads the table stays in it
  };
  const content = [h('div', { class: 'title' }, h('h1', {}, t('Journal')), button(t('Clear'), async () => { await shown(control('DELETE', '/admin/journal')); rows.length = 0; show(); }, { id: 'clear-journal' })),
    h('p', {}, t('The latest calls of all APIs, those of this console too. No secret, plaintext or token is in it.')), field(t('Filter'), filter), body];
  return repeat(content, 1000, async () => {
    const news = await control('GET', `/admin/journal?since=${last}&limit=1000`, undefined, { silent: true });
    if (news.last === last && last) return;
    last = news.last;
    rows.unshift(...news.entries.toReversed());
    rows.length = Math.min(rows.length, 1000);
    show();
  });
}

export function load() {
  const body = h('div', { id: 'meters' });
  const content = [h('h1', {}, t('Load')), h('p', {}, t('Cipher calls of the last minute against the limit, by the server’s clock. API 2.0 limits each key by itself, API 1.0 all keys together.')), legend(), body];
  return repeat(content, 1000, async () => {
    const now = await control('GET', '/console/load', undefined, { silent: true });
    body.replaceChildren(...meters(now));
  });
}

// legend says what the colours and the line are.
function legend() {
  const mark = (shape) => h('svg', { viewBox: '0 0 20 10', 'aria-hidden': 'true' }, shape);
  const box = (name) => mark(h('rect', { class: name, width: 20, height: 10 }));
  return h('p', { class: 'legend' }, box('admitted'), t('admitted'), box('refused'), t('refused'), mark(h('line', { class: 'limit', x2: 20, y1: 5, y2: 5 })), t('limit'));
}

// meters are a row a key of API 2.0 with calls in the last minute, and one for API 1.0.
export function meters(load) {
  const at = Math.floor(Date.parse(load.now) / 1000);
  const tags = new Set(load.api20.seconds.flatMap((s) => Object.keys(s.keys)));
  const rows = [...tags].sort().map((tag) => meter(load.names[tag] ?? tag, load.api20, at, (s) => s.keys[tag]));
  if (load.api10.seconds.length) rows.push(meter(t('API 1.0, all keys'), load.api10, at, (s) => Object.values(s.keys).reduce((a, b) => ({ admitted: a.admitted + b.admitted, refused: a.refused + b.refused }))));
  return rows.length ? rows : [h('p', { class: 'none' }, t('No cipher call in the last minute. Each key may take {0} a second.', load.api20.limit.split('/')[0]))];
}

function meter(name, gate, at, of) {
  const limit = Number(gate.limit.split('/')[0]) || 0;
  const counts = Array.from({ length: 60 }, () => ({ admitted: 0, refused: 0 }));
  for (const s of gate.seconds) counts[59 - (at - s.at)] = of(s) ?? { admitted: 0, refused: 0 };
  const last = counts[58]; // the latest whole second
  const top = Math.max(limit * 1.4, ...counts.map((c) => c.admitted + c.refused), 1);
  const tall = (n) => n && Math.max(60 * n / top, 2); // a single call is seen, too
  const bars = counts.flatMap((c, i) => [
    h('rect', { class: 'admitted', x: i * 6, width: 5, y: 60 - tall(c.admitted), height: tall(c.admitted) }),
    h('rect', { class: 'refused', x: i * 6, width: 5, y: 60 - tall(c.admitted) - tall(c.refused), height: tall(c.refused) }),
  ]);
  const said = [t('{0} admitted, {1} refused in the last second', count(last.admitted), count(last.refused)), allowance(gate.limit)].join('; ');
  const mark = limit > 0 && h('span', { class: 'mark', 'aria-hidden': 'true' }, `${count(limit)}/s`);
  if (mark) mark.style.top = `${100 * (1 - limit / top)}%`;
  return h('div', { class: 'meter' }, h('div', {}, h('strong', {}, name), h('span', {}, said)),
    h('div', { class: 'bars' },
      h('svg', { viewBox: '0 0 360 60', role: 'img', 'aria-label': `${name}: ${said}`, preserveAspectRatio: 'none' }, bars,
        limit > 0 && h('line', { class: 'limit', x1: 0, x2: 360, y1: 60 * (1 - limit / top), y2: 60 * (1 - limit / top) })),
      mark),
    h('div', { class: 'axis', 'aria-hidden': 'true' }, h('span', {}, t('a minute ago')), h('span', {}, t('now'))));
}

// allowance says a limit, which comes as RATE/BURST, off or custom, in words.
function allowance(limit) {
  const [rate, burst] = limit.split('/').map(Number);
  if (Number.isNaN(rate)) return limit === 'off' ? t('no limit') : t('a limit of its own kind');
  return t('limit {0} a second, {1} at once', count(rate), count(burst || rate));
}

export async function service(draw) {
  const [regions, limits] = [await control('GET', '/admin/regions', undefined, { silent: true }), await control('GET', '/admin/limits', undefined, { silent: true })];
  const act = (method, path, body) => shown(control(method, path, body).then(draw));
  const content = [h('h1', {}, t('Server')), clockPart(act), regionPart(regions, act), limitPart(limits, act),
    h('section', { 'aria-labelledby': 'reset-title' }, h('h2', { id: 'reset-title' }, t('Back to the start')), h('div', { class: 'actions' },
      button(t('Reset'), () => confirm(t('Reset'), [t('Keys, accounts, regions, limits and journal become what they were when the server started. The clock stays. This cannot be undone.')], () => control('POST', '/admin/reset').then(draw), { ok: t('Reset') }), { class: 'danger', id: 'reset' })))];
  const shownTime = content[1].querySelector('output');
  return repeat(content, 500, async () => { shownTime.textContent = new Date(serverNow()).toISOString().replace(/\.\d+Z/, 'Z'); });
}

function clockPart(act) {
  const steps = [['1m', t('1 minute')], ['1h', t('1 hour')], ['72h', t('72 hours')], ['2160h', t('90 days')]];
  const at = h('input', { id: 'clock-at', placeholder: '2026-01-01T00:00:00Z', required: true, autocomplete: 'off' });
  const step = h('input', { id: 'clock-step', placeholder: '36h30m', required: true, autocomplete: 'off' });
  const move = (body) => act('POST', '/admin/clock', body);
  return h('section', { 'aria-labelledby': 'clock' }, h('h2', { id: 'clock' }, t('Clock'), ' ', state.clock.frozen && badge('frozen', t('frozen'))),
    h('p', {}, h('output', { class: 'big', 'aria-live': 'off', 'aria-label': t('Time of the server') }, new Date(serverNow()).toISOString())),
    h('div', { class: 'actions' }, steps.map(([by, text]) => button(`+ ${text}`, () => move({ advance: by }), { id: `advance-${by}` })),
      state.clock.frozen ? button(t('Let it run'), () => move({ freeze: false }), { id: 'unfreeze' }) : button(t('Freeze'), () => move({ freeze: true }), { id: 'freeze' })),
    oneField(t('Step of your own'), step, t('Step'), () => move({ advance: step.value })),
    oneField(t('Set to'), at, t('Set'), () => move({ set: at.value })));
}

// oneField is a form of one input and its button, whose names tell it from others like it.
function oneField(label, input, go, act) {
  return h('form', { class: 'inline', onsubmit: (e) => { e.preventDefault(); act(); } }, field(label, input),
    h('button', { type: 'submit', id: `${input.id}-go`, 'aria-label': `${go}: ${label}` }, go));
}

function regionPart(regions, act) {
  const lag = (name, r) => {
    const input = h('input', { id: `lag-${name}`, value: r.lag, required: true, autocomplete: 'off', size: 5, 'aria-label': `${t('Lag')}: ${name}` });
    return h('form', { class: 'inline', onsubmit: (e) => { e.preventDefault(); act('PUT', `/admin/regions/${name}`, { lag: input.value }); } }, input,
      h('button', { type: 'submit', id: `lag-${name}-go`, 'aria-label': `${t('Set')}: ${t('Lag')}, ${name}` }, t('Set')));
  };
  return h('section', { 'aria-labelledby': 'regions' }, h('h2', { id: 'regions' }, t('Regions')), table([t('Region'), t('State'), '', t('Lag')], Object.entries(regions).map(([name, r]) => [
    name, r.up ? badge('up', t('up')) : badge('down', t('down')),
    button(r.up ? t('Take down') : t('Bring up'), () => act('PUT', `/admin/regions/${name}`, { up: !r.up }), { id: `region-${name}`, 'aria-label': `${r.up ? t('Take down') : t('Bring up')}: ${name}` }),
    lag(name, r),
  ]), '', t('Regions')));
}

function limitPart(limits, act) {
  const one = (api, label) => {
    const input = h('input', { id: `limit-${api}`, value: limits[api], required: true, autocomplete: 'off' });
    return oneField(label, input, t('Set'), () => act('PUT', '/admin/limits', { [api]: input.value }));
  };
  return h('section', { 'aria-labelledby': 'limits' }, h('h2', { id: 'limits' }, t('Limits')), h('p', {}, t('RATE/BURST in calls a second, or off')), one('api20', t('API 2.0, each key')), one('api10', t('API 1.0, all keys')));
}
