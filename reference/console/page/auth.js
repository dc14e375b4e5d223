// The tab "Set up authentication": token creator, tokens, IP ACL.
import { h, button, field, table, facts, dialog, confirm, copier, when, badge, count } from './dom.js';
import { t } from './words.js';
import { shown } from './key.js';
import { decoder, claims } from './token.js';

export async function authentication(key) {
  const [creator, acl] = [await key.ask('GET', '/token-generator'), await key.ask('GET', '/acl')];
  const active = creator.status === 'ACTIVE';
  return [
    h('section', { 'aria-labelledby': 'creator' }, h('h2', { id: 'creator' }, t('Token creator'), ' ', badge(creator.status)),
      active ? inOffice(key, creator) : outOfOffice(key, creator)),
    h('section', { 'aria-labelledby': 'acl' }, h('h2', { id: 'acl' }, 'IP ACL ', acl.isAclEnabled ? badge('on', t('on')) : badge('off', t('off'))), addresses(key, acl)),
    h('section', { 'aria-labelledby': 'decode' }, h('h2', { id: 'decode' }, t('Decode a token')), decoder(key)),
  ];
}

function inOffice(key, c) {
  const lost = t('Every token that this creator issued ends at once, and nothing brings it back. Go on only if no client needs one of them.');
  return [
    facts([[t('Token creator ID'), h('code', { id: 'creator-id' }, c.tokenGeneratorId)], [t('Enabled'), when(c.enabledDate)], [t('Tokens issued'), String(c.issuedTokenCount)]]),
    h('div', { class: 'actions' },
      button(t('Create token'), () => createTokens(key), { class: 'main', id: 'create-token' }),
      button(t('Replace'), () => confirm(t('Replace token creator'), [lost], () => key.act('PUT', '/token-generator'), { ok: t('Replace'), word: key.info.keyName }), { class: 'danger', id: 'replace-creator' }),
      button(t('Disable token creator'), () => confirm(t('Disable token creator'), [lost, t('Until a creator is enabled again, no token of this key is accepted.')], () => key.act('DELETE', '/token-generator'), { ok: t('Disable'), word: key.info.keyName }), { class: 'danger', id: 'disable-creator' })),
  ];
}

function outOfOffice(key, c) {
  return [
    h('p', {}, c.disabledDate ? [t('Disabled'), ' ', when(c.disabledDate), '. '] : '', t('A key issues tokens once its token creator is enabled.')),
    h('div', { class: 'actions' }, button(t('Enable token creator'), () => shown(key.act('POST', '/token-generator')), { class: 'main', id: 'enable-creator' })),
  ];
}

async function createTokens(key) {
  const hours = (label, name, usual) => field(label, h('input', { type: 'number', name, min: 1, max: 17520, placeholder: String(usual) }), t('1 to 17,520 hours; {0} if left empty', count(usual)));
  const set = await dialog(t('Create token'), [hours(t('Refresh token TTL in hours'), 'refresh', 2160), hours(t('Access token TTL in hours'), 'access', 72)], {
    submit: (form) => key.ask('POST', '/token-set', lifetimes(form.elements)),
  });
  if (!set) return;
  await showOnce(key, set);
  await key.draw();
}

function lifetimes(e) {
  const body = {};
  if (e.refresh.value) body.refreshTokenHours = Number(e.refresh.value);
  if (e.access.value) body.accessTokenHours = Number(e.access.value);
  return body;
}

// showOnce shows the tokens until the dialog closes. No other part of the page keeps them.
function showOnce(key, set) {
  const one = (label, id, token) => {
    const text = h('textarea', { id, readonly: true, rows: 5, spellcheck: 'false', autocomplete: 'off' }, token);
    return h('div', {}, field(label, text), h('div', { class: 'actions' }, copier(text, label)),
      h('details', {}, h('summary', {}, t('What it says')), claims(token, key)));
  };
  return dialog(t('Tokens'), [
    h('div', { class: 'caution', role: 'note' }, h('strong', {}, t('Caution')), h('p', {}, t('They are shown only here. When this window closes, nobody can show them again.'))),
    one(t('Refresh token'), 'refresh-token', set.refreshToken), one(t('Access token'), 'access-token', set.accessToken),
  ], { ok: t('Close'), cancel: false });
}

function addresses(key, acl) {
  const input = h('input', { name: 'ip', id: 'new-address', required: true, inputmode: 'decimal', autocomplete: 'off', placeholder: '203.0.113.7', pattern: '(\\d{1,3}\\.){3}\\d{1,3}', title: t('one IPv4 address') });
  const add = h('form', { class: 'inline', onsubmit: (e) => { e.preventDefault(); shown(key.act('POST', '/acl', { ipList: [input.value] })); } },
    field(t('IP address'), input), h('button', { type: 'submit', id: 'add-address' }, t('Add')));
  return [
    h('p', {}, acl.isAclEnabled ? t('Tokens are taken from the addresses of this list alone.') : t('Off: tokens are taken from any address.')),
    h('div', { class: 'actions' }, acl.isAclEnabled ? button(t('Disable IP ACL'), () => shown(key.act('POST', '/acl/disable')), { id: 'disable-acl' }) : button(t('Enable IP ACL'), () => confirm(t('Enable IP ACL'), [
      t('Once on, every address is denied that is not on the list. With an empty list no token works.'),
      t('That holds for tokens that were issued before, too.'),
    ], () => key.act('POST', '/acl/enable'), { ok: t('Enable IP ACL') }), { id: 'enable-acl' })),
    add,
    table([t('IP address'), ''], acl.allowedIpList.map((ip) => [h('code', {}, ip),
      button(t('Delete'), () => shown(key.act('DELETE', '/acl', { ipList: [ip] })), { 'aria-label': t('Delete {0}', ip) })]), t('The list is empty.'), 'IP ACL'),
  ];
}
