// The frame: navigation, account, language, colours, and the list of calls with their curl lines.
import { h, select, copier } from './dom.js';
import { state, control, forget, readClock } from './api.js';
import { t, language, setLanguage, languages } from './words.js';
import { keyList } from './keys.js';
import { keyPage } from './key.js';
import { journal, load, service } from './server.js';

const stored = (name, fallback) => { try { return localStorage.getItem(name) ?? fallback; } catch { return fallback; } };
const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };

const main = h('main', { id: 'main', tabindex: '-1' });
const calls = h('section', { class: 'calls', id: 'calls' });
const footer = h('footer');
let leave = null; // ends what the page that is left still does

const pages = {
  keys: ([api = 'api20', page = 1]) => keyList(api, Number(page)),
  key: ([api, tag, tab = 'overview', page = 1]) => keyPage(api, decodeURIComponent(tag), tab, Number(page), draw),
  journal, load, service: () => service(draw),
};

function header() {
  const here = location.hash.split('/')[1] || 'keys';
  const link = (to, text) => h('a', { href: `#/${to}`, 'aria-current': (here === to || here === 'key' && to === 'keys') && 'page' }, text);
  return h('header', {},
    h('a', { class: 'skip', href: '#main', onclick: (e) => { e.preventDefault(); main.focus(); } }, t('Skip to content')),
    h('strong', { class: 'brand' }, t('kmsproof console')),
    h('nav', { 'aria-label': t('Console') }, link('keys', t('Keys')), link('load', t('Load')), link('journal', t('Journal')), link('service', t('Server'))),
    h('div', { class: 'settings' },
      select(state.info.accounts.map((a) => [a.name, a.name]), state.account, (v) => { state.account = v; store('kmsproof.account', v); draw(); }, { id: 'account', 'aria-label': t('Act as account') }),
      select(Object.entries(languages), language(), (v) => { setLanguage(v); store('kmsproof.language', v); draw(); }, { id: 'language', 'aria-label': t('Language') }),
      select([['', t('Colours: as the system')], ['light', t('Light')], ['dark', t('Dark')]], document.documentElement.dataset.theme ?? '', (v) => { setTheme(v); store('kmsproof.theme', v); }, { id: 'theme', 'aria-label': t('Colours') })));
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

// command is the curl line of a call, to be copied.
function command(c) {
  const line = h('pre', { tabindex: '0', 'aria-label': `curl ${c.method} ${c.uri}` }, c.curl);
  return [line, copier(line, `${c.method} ${c.uri}`)];
}

// drawCalls shows what was done first, the latest open, and folds what was only read.
function drawCalls() {
  const open = new Map([...calls.querySelectorAll('details')].map((d) => [d.dataset.n, d.open]));
  const fold = (n, summary, inside, usual) => h('details', { 'data-n': n, open: open.get(n) ?? usual }, h('summary', {}, summary), inside);
  const one = (c, usual) => fold(c.n ??= String(Math.random()),
    [h('span', { class: c.status < 400 ? 'badge ok' : 'badge refused' }, String(c.status)), ` ${c.method} `, h('code', {}, c.uri)],
    command(c), usual);
  const done = state.calls.filter((c) => c.method !== 'GET'), read = state.calls.filter((c) => c.method === 'GET');
  calls.replaceChildren(h('h2', {}, t('Calls')), h('p', { class: 'none' }, t('What this page asked for, the newest first, and how a shell asks for the same. $ACCESS_KEY, $SECRET_KEY, $ADMIN, $TOKEN and, over HTTPS, $CA are yours to set.')),
    ...done.map((c, i) => one(c, i === 0)),
    read.length > 0 && fold('reads', read.length === 1 ? t('1 read') : t('{0} reads', read.length), read.map((c) => one(c, false)), false) || '');
}

let drawing = 0;
let drawn = null; // the address whose page is shown

// draw shows the page that the address names. A slower earlier one does not come after it.
async function draw() {
  const mine = ++drawing;
  leave?.();
  leave = null;
  if (drawn !== null && drawn !== location.hash) forget();
  document.documentElement.lang = language();
  document.title = t('kmsproof console');
  const [, name, ...rest] = location.hash.split('/');
  const focused = document.activeElement?.id;
  document.querySelector('header')?.replaceWith(header());
  footer.textContent = `${t('A reference for testing. It keeps nothing and protects nothing.')} ${state.info.version}`;
  let content;
  try {
    readClock(await control('GET', '/admin/clock', undefined, { silent: true }));
    content = await (pages[name] ?? pages.keys)(rest);
  } catch (err) {
    content = [h('h1', {}, t('That did not work')), h('p', { class: 'fault', role: 'alert' }, err.message), h('p', {}, h('a', { href: '#/keys' }, t('Back to the keys')))];
  }
  if (mine !== drawing) { content.leave?.(); return; }
  leave = content.leave ?? null;
  const pasted = drawn === location.hash && document.getElementById('token')?.value;
  const moved = drawn !== null && drawn !== location.hash;
  drawn = location.hash;
  main.replaceChildren(...[content].flat());
  const field = pasted && document.getElementById('token');
  if (field) { // an action on the same page leaves the token where its reader put it
    field.value = pasted;
    field.dispatchEvent(new Event('input'));
  }
  drawCalls();
  if (moved) main.focus(); // who follows a link goes on where it leads
  else if (focused) document.getElementById(focused)?.focus();
  document.body.dataset.drawn = String(mine);
}

async function begin() {
  setTheme(stored('kmsproof.theme', ''));
  setLanguage(stored('kmsproof.language', new URLSearchParams(location.search).get('lang') ?? ''));
  state.info = await control('GET', '/console/info', undefined, { silent: true });
  const wanted = stored('kmsproof.account', '');
  state.account = state.info.accounts.some((a) => a.name === wanted) ? wanted : state.info.accounts[0].name;
  state.heard = drawCalls;
  document.body.replaceChildren(h('header'), main, calls, footer);
  addEventListener('hashchange', draw);
  await draw();
}

begin().catch((err) => document.body.replaceChildren(h('p', { class: 'fault', role: 'alert' }, err.message)));
