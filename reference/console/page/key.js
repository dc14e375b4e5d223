// One key: what it is, its state, its versions, what was done with it.
import { h, button, field, select, table, pager, facts, dialog, confirm, when, badge } from './dom.js';
import { call } from './api.js';
import { t } from './words.js';
import { authentication } from './auth.js';

const tabs = () => [['overview', t('Overview')], ['auth', t('Set up authentication')], ['versions', t('Versions and rotation')], ['activity', t('Activity')]];
const views = { overview, auth: authentication, versions, activity };

export async function keyPage(api, tag, tab, page, draw) {
  const path = `/${encodeURIComponent(tag)}`;
  const info = await call(api, 'GET', path);
  const key = {
    api, tag, info, page,
    ask: (method, rest = '', body, options) => call(api, method, path + rest, body, options),
    // act makes a call and shows what became of it.
    act: async (method, rest, body) => { await key.ask(method, rest, body); await draw(); },
    draw,
  };
  const view = await (views[tab] ?? overview)(key);
  return [
    h('p', { class: 'crumbs' }, h('a', { href: `#/keys/${api}` }, `← ${t('Back to the keys')}`)),
    h('h1', {}, info.keyName, ' ', badge(info.status)),
    h('nav', { class: 'tabs', 'aria-label': t('Parts of the key') }, tabs().map(([value, text]) =>
      h('a', { href: `#/key/${api}/${encodeURIComponent(tag)}/${value}`, 'aria-current': value === tab && 'page' }, text))),
    ...[view].flat(Infinity).filter(Boolean),
  ];
}

function overview(key) {
  const i = key.info;
  return [
    facts([
      [t('Tag'), h('code', {}, i.keyTag)], [t('Type'), i.keyType], [t('Protection'), i.protectionType], [t('Newest version'), String(i.currentVersion)],
      [t('Convergent'), i.isConvergent ? t('yes') : t('no')], [t('Memo'), i.memo], [t('Created'), when(i.registerDate)], [t('Address'), i.baseUrl && h('code', {}, i.baseUrl)], ['NRN', i.nrn && h('code', {}, i.nrn)],
    ]),
    h('div', { class: 'actions' }, states(key), button(t('Rename'), () => edit(key, t('Rename'), 'keyName', '/name', i.keyName, { minlength: 3, maxlength: 15, required: true }), { id: 'rename' }),
      button(t('Change memo'), () => edit(key, t('Change memo'), 'memo', '/memo', i.memo, { maxlength: 100 }), { id: 'memo' })),
  ];
}

// states are the buttons for what can become of a key in its state.
function states(key) {
  const { status, keyName } = key.info;
  const post = (what) => () => shown(key.act('POST', what));
  if (status === 'REVOKE') {
    return [button(t('Cancel deletion'), post('/cancel-deletion'), { class: 'main', id: 'cancel-deletion' }),
      button(t('Delete now'), () => confirm(t('Delete now'), [t('The key and everything encrypted with it are lost at once. This cannot be undone.')], async () => { await key.ask('DELETE'); location.hash = `#/keys/${key.api}`; }, { ok: t('Delete now'), word: keyName }), { class: 'danger', id: 'delete' })];
  }
  const out = [status === 'ENABLE' ? button(t('Disable'), post('/disable'), { id: 'disable' }) : button(t('Enable'), post('/enable'), { id: 'enable' })];
  if (status === 'DISABLE' && key.api === 'api20') out.push(button(t('Migrate to a region'), () => migrate(key), { id: 'migrate' }));
  out.push(button(t('Request deletion'), () => confirm(t('Request deletion'), [t('The key stops working now and is deleted in 72 hours. Until then the deletion can be cancelled.')], () => key.act('POST', '/request-deletion'), { ok: t('Request deletion') }), { class: 'danger', id: 'request-deletion' }));
  return out;
}

// shown puts a refusal into a dialog.
export async function shown(promise) {
  try {
    return await promise;
  } catch (err) {
    await dialog(t('That did not work'), h('p', { class: 'fault' }, err.message), { cancel: false });
  }
}

function edit(key, title, member, path, value, rules) {
  return dialog(title, field(title, h('input', { name: 'value', value: value ?? '', autocomplete: 'off', ...rules })), {
    submit: (form) => key.act('PUT', path, { [member]: form.elements.value.value }),
  });
}

function migrate(key) {
  return dialog(t('Migrate to a region'), [
    h('div', { class: 'caution' }, h('strong', {}, t('Caution')), h('p', {}, t('The key moves into one region for good: the global key is deleted. This cannot be undone.'))),
    field(t('Region'), select([['KR', 'KR'], ['JPN', 'JPN']], 'KR', null, { name: 'region' })),
    field(t('Type {0} to go on', key.info.keyName), h('input', { name: 'word', required: true, pattern: key.info.keyName, autocomplete: 'off' })),
  ], { ok: t('Migrate'), danger: true, submit: async (form) => {
    await key.ask('POST', '/migrate', { targetRegion: form.elements.region.value });
    location.hash = '#/keys/api20';
  } });
}

async function versions(key) {
  const { versionList: list, currentVersion: newest } = await key.ask('GET', '/versions');
  const i = key.info;
  const toggle = (v) => v.version === newest ? t('newest') : v.status === 'ENABLE'
    ? button(t('Disable'), () => shown(key.act('POST', `/versions/${v.version}/disable`)), { 'aria-label': t('Disable version {0}', v.version) })
    : button(t('Enable'), () => shown(key.act('POST', `/versions/${v.version}/enable`)), { 'aria-label': t('Enable version {0}', v.version) });
  return [
    facts([[t('Rotate by itself'), i.isAutoRotation ? t('every {0} days', i.rotationPeriod) : t('no')], [t('Next rotation'), when(i.nextRotationDate)]]),
    h('div', { class: 'actions' },
      button(t('Rotate now'), () => shown(key.act('POST', '/rotate')), { class: 'main', id: 'rotate' }),
      i.isAutoRotation ? button(t('Stop rotating by itself'), () => shown(key.act('POST', '/disable-auto-rotation')), { id: 'auto-off' }) : button(t('Rotate by itself'), () => shown(key.act('POST', '/enable-auto-rotation')), { id: 'auto-on' }),
      i.isAutoRotation && button(t('Change period'), () => dialog(t('Change period'), field(t('Rotation period in days'), h('input', { type: 'number', name: 'value', min: 1, max: 730, required: true, value: i.rotationPeriod })), { submit: (form) => key.act('PUT', '/rotation-period', { rotationPeriod: Number(form.elements.value.value) }) }), { id: 'period' })),
    table([t('Version'), t('State'), t('Since'), t('Made'), ''], list.map((v) => [String(v.version), badge(v.status), when(v.statusDate), when(v.rotatedDate), toggle(v)]), '', t('Versions and rotation')),
  ];
}

async function activity(key) {
  const size = 100;
  const { activityLogList: list, totalCount: total } = await key.ask('GET', `/activities?pageNo=${key.page}&pageSize=${size}`);
  return [table([t('Time'), t('Action'), t('Result'), t('By'), t('From'), t('Message')], list.map((a) => [
    when(a.timestamp), a.data.api.action, badge(a.data.api.result), h('span', { title: a.data.requestor.id }, a.data.requestor.requestType), a.data.requestor.ip, a.message,
  ]), t('Nothing was done with this key in the last day.'), t('Activity')),
  pager(`#/key/${key.api}/${encodeURIComponent(key.tag)}/activity`, key.page, size, total)];
}
