// The page's words. English is the key; what a language lacks is shown in English.
import { korean } from './korean.js';

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
