// The list of keys, and making one.
import { h, button, field, select, table, pager, dialog, when, badge } from './dom.js';
import { call } from './api.js';
import { t } from './words.js';

const boundaries = () => [['api20', t('Global')], ['api20kr', t('Korea, isolated')], ['api20jp', t('Japan, isolated')]];

const pageSize = 200; // keys, the most that the API lists at once

export async function keyList(api, page) {
  const data = await call(api, 'GET', `?pageNo=${page}&pageSize=${pageSize}`);
  const keys = data.keyList ?? data.KeyList ?? [];
  return [
    h('div', { class: 'title' }, h('h1', {}, t('Keys')), button(t('Create key'), () => create(api), { class: 'main', id: 'create-key' })),
    h('nav', { class: 'tabs', 'aria-label': t('Where keys live') }, boundaries().map(([value, text]) =>
      h('a', { href: `#/keys/${value}`, 'aria-current': value === api && 'page' }, text))),
    table([t('Name'), t('Type'), t('State'), t('Protection'), t('Created'), t('Deleted on'), t('Tag')], keys.map((k) => [
      h('a', { href: `#/key/${api}/${encodeURIComponent(k.keyTag)}/overview` }, k.keyName), k.keyType, badge(k.status), k.protectionType,
      when(k.registerDate), when(k.destroyDate), h('code', { class: 'tag', title: k.keyTag }, k.keyTag),
    ]), t('There is no key here yet.'), t('Keys')),
    pager(`#/keys/${api}`, page, pageSize, data.totalCount),
  ].filter(Boolean);
}

async function create(api) {
  const type = select([['AES256', 'AES256'], ['RSA2048', 'RSA2048'], ['ECDSA', 'ECDSA']], 'AES256', null, { name: 'type' });
  const key = await dialog(t('Create key'), [
    field(t('Name'), h('input', { name: 'name', required: true, minlength: 3, maxlength: 15, pattern: '[A-Za-z][A-Za-z0-9_\\-]*', autocomplete: 'off' }), t('3 to 15 letters, digits, - and _; a letter first')),
    field(t('Type'), type),
    field(t('Protection'), select([['BASIC', 'BASIC'], ['COMMON_HSM', 'COMMON_HSM']], 'BASIC', null, { name: 'protection' })),
    field(t('Rotate by itself'), h('input', { type: 'checkbox', name: 'auto' })),
    field(t('Rotation period in days'), h('input', { type: 'number', name: 'period', min: 1, max: 730, placeholder: '90' }), t('1 to 730; 90 if left empty')),
    field(t('Convergent'), h('input', { type: 'checkbox', name: 'convergent' }), t('AES256 only: the same text and context give the same ciphertext')),
    field(t('Memo'), h('input', { name: 'memo', maxlength: 100, autocomplete: 'off' })),
  ], { ok: t('Create'), submit: (form) => call(api, 'POST', '', spec(form.elements)) });
  if (!key) return;
  location.hash = `#/key/${api}/${encodeURIComponent(key.keyTag)}/overview`;
}

// spec is the body of a create-key call. What was left empty is left out.
function spec(e) {
  const body = { keyName: e.name.value, keyType: e.type.value, protectionType: e.protection.value, isAutoRotation: e.auto.checked };
  if (e.auto.checked && e.period.value) body.rotationPeriod = Number(e.period.value);
  if (e.convergent.checked) body.isConvergent = true;
  if (e.memo.value) body.memo = e.memo.value;
  return body;
}
