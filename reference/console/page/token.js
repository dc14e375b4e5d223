// Reading a token in the page, and trying it. Its signature is not checked here: only the server can.
import { h, button, field, facts, when, badge, count } from './dom.js';
import { serverNow } from './api.js';
import { t } from './words.js';

// decode returns header and claims of a token, and the claims as they are written, with their order and any
// that come twice. Its error says what is wrong with the text.
export function decode(text) {
  const parts = text.trim().split('.');
  if (parts.length !== 3) throw new Error(t('A token has three parts with dots between them.'));
  try {
    const [header, written] = parts.slice(0, 2).map((p) => {
      const bytes = Uint8Array.from(atob(p.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    });
    return [object(header), object(written), written];
  } catch {
    throw new Error(t('Header or claims are no JSON object in base64url.'));
  }
}

function object(text) {
  const value = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new TypeError('no object');
  return value;
}

// said is a claim as text, whatever it is; seconds a time that a claim tells, which may be none.
const said = (claim) => claim === undefined || typeof claim === 'string' ? claim : JSON.stringify(claim);
const seconds = (claim) => when(typeof claim === 'number' ? claim * 1000 : NaN);

// claims shows what a token says, and what that means on this key at the server's time.
export function claims(text, key) {
  try {
    return told(decode(text), key);
  } catch (err) {
    return h('p', { class: 'fault', role: 'alert' }, err.message);
  }
}

function told([header, says, written], key) {
  const tag = (said(says['2']) ?? '').replace(/^keytag__/, '');
  return h('div', { class: 'claims' }, facts([
    [t('Kind'), says['1'] !== undefined && badge(said(says['1']))], [t('Algorithm'), said(header.alg)],
    [t('Key'), tag === key.tag ? t('this key') : [t('another key'), ' ', h('code', {}, tag)]],
    [t('Issued to'), says.sub !== undefined && h('code', {}, said(says.sub))], [t('Issued'), seconds(says.iat)],
    [t('Expires'), says.exp === undefined ? t('never') : expiry(says.exp)],
    [t('Permissions'), Array.isArray(says['4']) ? t('{0} codes', says['4'].length) : null],
  ]), h('pre', { tabindex: '0', 'aria-label': t('Claims') }, written.replaceAll(/,\s*(?=")/g, ',\n ')));
}

// expiry is when a token ends, and how far that is at the server's time.
function expiry(exp) {
  const at = seconds(exp);
  if (at === '–') return at;
  const left = exp * 1000 - serverNow();
  return [at, ' ', left <= 0 ? badge('expired', t('expired')) : `(${t('in {0} hours', count(left / 3600e3))})`];
}

// decoder is a field for a token, with what it says below.
export function decoder(key) {
  const input = h('textarea', { id: 'token', rows: 4, spellcheck: 'false', autocomplete: 'off' });
  const out = h('div', { 'aria-live': 'polite', id: 'decoded' });
  const show = (...what) => out.replaceChildren(...what);
  input.addEventListener('input', () => show(...(input.value.trim() ? [claims(input.value, key)] : [])));
  return [
    field(t('Token'), input, t('It is read in this page and sent nowhere until you try it. The signature is not checked here.')),
    h('div', { class: 'actions' }, button(t('Try it'), async () => {
      if (!input.value.trim()) { input.focus(); return; }
      show(claims(input.value, key), await attempt(key, input.value.trim()));
    }, { id: 'try-token' }), button(t('Clear'), () => { input.value = ''; show(); })),
    out,
  ];
}

// attempt uses the token for what its kind is for: an access token encrypts, a refresh token asks for an
// access token, which is dropped.
async function attempt(key, token) {
  let refresh = false;
  try { refresh = decode(token)[1]['1'] === 'REFRESH'; } catch { /* the server will say so */ }
  try {
    if (refresh) await key.ask('POST', '/access-token', {}, { token });
    else await key.ask('POST', '/encrypt', { plaintext: 'aGVsbG8=' }, { token });
    return h('p', { class: 'good', role: 'status', id: 'tried' }, t('The server accepts it.'));
  } catch (err) {
    return h('p', { class: 'fault', role: 'alert', id: 'tried' }, `${t('The server refuses it:')} ${err.message}`);
  }
}
