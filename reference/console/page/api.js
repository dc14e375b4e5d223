// Calls of the imitated API, through the console's listener, and of the admin listener itself. Each is
// noted with the curl line that makes the same call; credentials and tokens are shell variables in it.
import { t, heard } from './words.js';

export const state = { info: null, account: '', clock: null, calls: [], heard: () => {} };

async function ask(method, path, headers, body) {
  const request = { method, headers: { ...headers }, cache: 'no-store' };
  if (body !== undefined) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, request);
  } catch {
    throw new Error(t('The server does not answer.'));
  }
  const text = await answer.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* an answer that is no JSON has nothing to show */ }
  return { status: answer.status, ok: answer.ok, json };
}

// call makes a call of API 2.0. Its error is the API's refusal.
export async function call(api, method, path, body, { token } = {}) {
  const headers = { 'Kmsproof-Account': encodeURIComponent(state.account) };
  if (token) headers['x-ncp-ocapi-token'] = token;
  const uri = `/kms/v1/keys${path}`;
  const answer = await ask(method, `/console/api/${api}${uri}`, headers, body);
  note({ method, uri, status: answer.status, curl: curl(api, method, uri, body, Boolean(token)) });
  if (!answer.ok) throw refusal(answer);
  if (answer.json === null) throw new Error(t('The answer is no JSON.'));
  return answer.json.data;
}

// control makes a call of the admin listener. silent leaves it out of the list: the page asks by itself.
export async function control(method, path, body, { silent = false } = {}) {
  const answer = await ask(method, path, {}, body);
  if (!silent) note({ method, uri: path, status: answer.status, curl: line(method, `"$ADMIN${path}"`, [], body) });
  if (!answer.ok) throw refusal(answer);
  return answer.json;
}

function refusal({ status, json }) {
  const e = json?.error;
  const said = typeof e === 'string' ? heard(e) : [e?.errorCode ?? json?.code, e?.message ?? json?.msg, e?.details].filter(Boolean).join(' · ');
  return Object.assign(new Error(`${status} ${said}`), { status });
}

function note(entry) {
  state.calls.unshift(entry);
  state.calls.length = Math.min(state.calls.length, 50);
  state.heard();
}

// forget drops what was only read: another page is shown.
export function forget() { state.calls = state.calls.filter((c) => c.method !== 'GET'); }

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function line(method, url, headers, body) {
  const parts = [`curl -sS -X ${method} ${url}`, ...headers.map((x) => `-H "${x}"`)];
  if (body !== undefined) parts.push(`-H 'Content-Type: application/json' -d ${quote(JSON.stringify(body))}`);
  if (location.protocol === 'https:') parts.push('--cacert "$CA"');
  return parts.join(' \\\n  ');
}

// curl is the call as bash makes it: signed by openssl, at the time that the server's clock shows.
function curl(api, method, uri, body, token) {
  const url = quote(`${state.info.urls[api] ?? ''}${uri}`);
  if (token) return line(method, url, ['x-ncp-ocapi-token: $TOKEN'], body);
  return `T=${shellTime()}
S=$(printf '%s\\n%s\\n%s' ${quote(`${method} ${uri}`)} "$T" "$ACCESS_KEY" |
  openssl dgst -sha256 -hmac "$SECRET_KEY" -binary | openssl base64 -A)
` + line(method, url, ['x-ncp-apigw-timestamp: $T', 'x-ncp-iam-access-key: $ACCESS_KEY', 'x-ncp-apigw-signature-v2: $S'], body);
}

function shellTime() {
  const now = '$(date +%s)000';
  if (state.info.machineTime || !state.clock) return now;
  if (state.clock.frozen) return String(state.clock.at);
  const ahead = state.clock.at - state.clock.read;
  return Math.abs(ahead) < 2000 ? now : `$((${now} + ${Math.round(ahead)}))`;
}

// readClock learns how the server's clock stands; answer is what the admin listener said of it.
export function readClock(answer) {
  state.clock = { at: Date.parse(answer.now), read: Date.now(), frozen: answer.frozen };
}

// serverNow is the server's time, in Unix milliseconds.
export function serverNow() {
  const c = state.clock;
  if (!c) return Date.now();
  return c.frozen ? c.at : c.at + Date.now() - c.read;
}
