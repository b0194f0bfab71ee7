/** Joiners and variation selectors: where they are seen they are text, everywhere else they hide one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, oneLine } from '../../src/core/text.ts';

const [ZWNJ, ZWJ, VS16, VS15, LOST] = ['\u200c', '\u200d', '\ufe0f', '\ufe0e', '\ufffd'];

describe('what is seen is kept', () => {
  it.each([
    ['Persian', 'نسخه‌ی ۱٫۴ پایدار است؛ نرم‌افزار را به‌روزرسانی کنید، نمی‌خواهم‌شان'],
    ['Persian, a year of the Hijra', 'در سال ۱۴۰۳ ه‍.ش. منتشر شد'],
    ['Persian, a habit after letters that do not join', 'ابزار‌ها و کاربر‌ان، نرم‌افزار‌ها'],
    ['Persian, an ending of a foreign word or a number', 'API‌ها و commit‌های تازه، ۲۰‌درصد'],
    ['Persian with vowels', 'خانهِ‌ی نو'],
    ['Urdu and Uyghur', 'پیش‌کش، خانه‌جات'],
    ['Hindi', 'संस्करण १.४: क्‍ष, क्‌ष और र्‍य'],
    ['Marathi and Nepali', 'दर्‍या, गर्‍यो'],
    ['Bengali', 'র‍্যাব, র‍্যাঙ্ক, বাক্‌শক্তি, ক্‍ষ'],
    ['Assamese', 'ৰ‍্যাংক'],
    ['Malayalam', 'ന്‍ ര്‍ ല്‍ ള്‍ ണ്‍: പതിപ്പ് സോഫ്‌റ്റ്‌വെയര്‍'],
    ['Kannada', 'ರ‍್ಯಾಂಕ್, ಕ್‌ಷ'],
    ['Telugu, Tamil, Gujarati, Gurmukhi, Oriya', 'క్‌ష க்‌ஷ ક્‌ષ ਕ੍‌ਸ਼ କ୍‌ଷ'],
    ['Sinhala', 'ශ්‍රී ලංකා, ක්‍රම'],
    ['nukta before the virama', 'ड़्‌य'],
    ['emoji families and professions', '👨‍👩‍👧‍👦 👩🏽‍🚀 🧑‍💻 👨🏽‍🤝‍👨🏿 ❤️‍🔥 🏳️‍🌈 🏴‍☠️ 👁️‍🗨️ 🕵🏻‍♂️ 🐻‍❄️'],
    ['the same, their style not spelled out', '🏳‍🌈 👁‍🗨 ❤‍🔥 🕵‍♂'],
    ['the style of an emoji', '♻️ 🏷️ ⚡️ ✔️ ☺️ ⬆️ ©️'],
    ['keycaps', '1️⃣ 2️⃣ #️⃣ *️⃣'],
    ['flags', '🇮🇷 🇮🇳 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿'],
    ['other scripts', 'Größe e\u0301 日本語 한국어 ไทย ខ្មែរ မြန်မာ עברית العربية Ελληνικά ქართული'],
  ])('%s', (_, text) => {
    expect(clean(text)).toBe(text);
    expect(oneLine(text, 1_000)).toBe(text);
  });
});

describe('what only hides is shown', () => {
  it.each([
    ['joiners between Latin letters', `v${ZWJ}1${ZWNJ}.0`, `v${LOST}1${LOST}.0`],
    ['between Cyrillic, Greek, Han, Hebrew ones', `а${ZWJ}б α${ZWNJ}β 日${ZWJ}本 א${ZWNJ}ב`, `а${LOST}б α${LOST}β 日${LOST}本 א${LOST}ב`],
    ['between digits and marks', `1${ZWNJ}2 .${ZWJ}.`, `1${LOST}2 .${LOST}.`],
    ['at the ends', `${ZWJ}می${ZWNJ}`, `${LOST}می${LOST}`],
    ['two in a row', `می${ZWNJ}${ZWNJ}شود`, `می${LOST}${LOST}شود`],
    ['a joiner of Arabic letters that join anyway', `س${ZWJ}ل`, `س${LOST}ل`],
    ['after a letter that joins nothing, next to another one', `ا${ZWNJ}د${ZWNJ}ا${ZWNJ}ر`, `ا${LOST}د${LOST}ا${LOST}ر`],
    ['a habit, more than once in a word', `دارا${ZWNJ}دارا${ZWNJ}دارا`, `دارا${ZWNJ}دارا${LOST}دارا`],
    ['Indian letters without a virama', `क${ZWJ}ष`, `क${LOST}ष`],
    ['a virama that nothing carries', `a ्${ZWJ}`, `a ्${LOST}`],
    ['a style after what is no emoji', `a${VS16}é${VS16}日${VS16}`, `a${LOST}é${LOST}日${LOST}`],
    ['a style after digits without a key', `1${VS16}2${VS16}`, `1${LOST}2${LOST}`],
    ['a style twice', `⚡${VS16}${VS16}`, `⚡${VS16}${LOST}`],
    ['the style of text, and all other selectors', `↩${VS15} 葛\u{e0100} a\ufe00`, `↩${LOST} 葛${LOST} a${LOST}`],
    ['emoji that make nothing together', `🚀${ZWJ}🚀${ZWJ}🏷`, `🚀${LOST}🚀${LOST}🏷`],
    ['a family of nobody', `👩${ZWJ}👩${ZWJ}👩${ZWJ}👩${ZWJ}👩`, `👩${LOST}👩${LOST}👩${LOST}👩${LOST}👩`],
    ['half a family', `👩${ZWJ} ${ZWJ}👩`, `👩${LOST} ${LOST}👩`],
    ['the flag of no country', '🏴\u{e0075}\u{e0073}\u{e007f}', `🏴${LOST}${LOST}${LOST}`],
    ['tags behind no flag', 'a\u{e0067}\u{e007f}', `a${LOST}${LOST}`],
    [
      'blanks that are no spaces',
      '\u2800 \u3164 \u115f\u1160 \uffa0 \u{16fe4} \u{1d159} \u{13441}',
      `${LOST} ${LOST} ${LOST}${LOST} ${LOST} ${LOST} ${LOST} ${LOST}`,
    ],
    ['hieroglyph and shorthand controls', '\u{13430}\u{1343f}\u{1bca0}', `${LOST}${LOST}${LOST}`],
    ['formats of Arabic, Syriac, Kaithi', '\u0600\u0605\u06dd\u070f\u0890\u08e2\u{110bd}', LOST.repeat(7)],
    ['annotations, and what was an object', '\ufff9a\ufffab\ufffb\ufffc', `${LOST}a${LOST}b${LOST}${LOST}`],
  ])('%s', (_, text, shown) => {
    expect(clean(text)).toBe(shown);
  });

  /** What somebody who knows the trick could read: which letters have something unseen behind them. */
  const payload = (text: string, letters: string) =>
    letters
      .split('')
      .map((_, index) => ([...text][index * 2 + 1] === LOST ? '' : [...text][index * 2 + 1]))
      .join('');
  it.each([ZWJ, ZWNJ, VS16, VS15, '\u2060', '\u200b', '\ufe01', '\u{e0041}'])('a bit behind every letter does not pass: %j', (bit) => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcXYZ019éж日א'), minLength: 1, maxLength: 30 }), (letters) => {
        const hidden = [...letters].map((letter) => letter + bit).join('');
        expect(payload(clean(hidden), letters)).toBe('');
      }),
    );
  });

  it('of Arabic text no more than one a word passes that changes nothing', () => {
    const word = fc.array(fc.tuple(fc.constantFrom(...'ادذرزو'), fc.constantFrom('', ZWNJ, ZWJ)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const text = clean(words.map((letters) => letters.flat().join('')).join(' '));
        for (const one of text.split(' ')) expect(one.split(/[\u200c\u200d]/).length - 1).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('no code point but the three keeps one of them alive beside Latin letters', () => {
    for (let start = 0; start < 0x110000; start += 0x1000) {
      const points = Array.from({ length: 0x1000 }, (_, index) => String.fromCodePoint(start + index)).filter(
        (one) => !/[\p{Cs}\p{Emoji}]/u.test(one),
      );
      const text = points.map((point) => `a${ZWJ}${point}a${VS16}`).join('');
      expect(clean(text)).not.toMatch(/\ufe0f/);
    }
  });
});

it('100 kB of joiners are gone through at once', () => {
  for (const part of [
    ZWNJ,
    `ا${ZWNJ}`,
    `دارا${ZWNJ}`,
    `می${ZWNJ}`,
    `क्${ZWJ}`,
    `🚀${ZWJ}`,
    `🏴\u{e0067}`,
    `م\u064e\u064e\u064e${ZWNJ}`,
    `a${VS16}`,
  ]) {
    const started = performance.now();
    clean(part.repeat(100_000 / part.length));
    expect(performance.now() - started, JSON.stringify(part)).toBeLessThan(2_000);
  }
});
