// The page's words. English is the key; what a language lacks is shown in English.
import { korean } from './korean.js';
import { said } from './said.js';

export const languages = { en: 'English', ko: '한국어' };

let chosen = '';

// setLanguage chooses a language; an unknown one leaves the choice to the browser.
export function setLanguage(name) { chosen = name in languages ? name : ''; }

export function language() {
  return chosen || navigator.languages.map((l) => l.slice(0, 2)).find((l) => l in languages) || 'en';
}

// t is a text in the reader's language. {0}, {1} and so on stand for values.
export function t(text, ...values) {
  const words = language() === 'ko' ? korean[text] ?? text : text;
  return words.replace(/\{(\d)\}/g, (_, n) => values[n]);
}

const forms = Object.entries(said).map(([english, korean]) => {
  const looks = english.replace(/[.*+?^$()[\]\\|/]/g, '\\$&').replace(/\{\d\}/g, '(.*)');
  return { looks: new RegExp(`^${looks}$`, 's'), korean };
});

// heard is what the server said, in the reader's language where it is one of its known sentences.
export function heard(text) {
  if (language() !== 'ko') return text;
  for (const { looks, korean } of forms) {
    const places = text.match(looks);
    if (places) return korean.replace(/\{(\d)\}/g, (_, n) => heard(places[Number(n) + 1]));
  }
  return text;
}
