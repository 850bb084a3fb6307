// How much of a letter is its writer's own. The server measures the same
// (actions/own_words.py); both pass the examples of docs/decisions/0003-own-words.md.

/** @typedef {{ text: string, isOwn: boolean }} Segment */
/** @typedef {{ folded: string, start: number, end: number }} Word */
/**
 * @typedef {object} Measure
 * @property {number} words
 * @property {number} ownWords
 * @property {number} percent whole per cent, rounded down; 0 where there are no words
 * @property {Segment[][]} segments the text, paragraph by paragraph, in own and shared pieces
 */

const RUN = 5;
// A word ends after a hundred characters: one letter with 20,000 accents is slow to compare.
const WORD = /[\p{L}\p{N}\p{M}\p{Cf}'’ʼ]{1,100}/gu;
const PART_OF_WORD = /[\p{L}\p{N}\p{M}\p{Cf}'’ʼ]/u;
const DROPPED = /[^\p{L}\p{N}]|ʼ/gu;
// Not \s, which takes the byte order mark for a space.
const EMPTY_LINES = /\n(?:(?!\n)\p{White_Space})*\n\p{White_Space}*/gu;
const SPACE = /\p{White_Space}/u;
const NOT_SPACE = /\P{White_Space}/u;

/**
 * @param {string} base the text that the letter was made from
 * @param {string} text the letter as it stands
 * @returns {Measure}
 */
export function measure(base, text) {
  const words = wordsOf(text);
  const own = ownWordsAmong(wordsOf(base), words);
  const ownWords = own.filter(Boolean).length;
  return {
    words: words.length,
    ownWords,
    percent: words.length === 0 ? 0 : Math.floor((100 * ownWords) / words.length),
    segments: segmentsOf(text, ownStretches(text, words, own)),
  };
}

/**
 * @param {string} text
 * @returns {Word[]} each word as it is compared, and where it stands
 */
function wordsOf(text) {
  const words = [];
  for (const match of text.matchAll(WORD)) {
    const folded = match[0].normalize("NFC").toLowerCase().replace(DROPPED, "");
    const end = match.index + match[0].length;
    if (folded !== "") words.push({ folded, start: match.index, end });
  }
  return words;
}

/**
 * @param {Word[]} words
 * @param {number} at
 */
function runAt(words, at) {
  const run = words.slice(at, at + RUN);
  return run.map((word) => word.folded).join(" ");
}

/**
 * @param {Word[]} base
 * @param {Word[]} words
 * @returns {boolean[]} for each word whether it lies outside every run shared with the base
 */
function ownWordsAmong(base, words) {
  const baseRuns = new Set();
  for (let at = 0; at + RUN <= base.length; at += 1) baseRuns.add(runAt(base, at));
  const own = new Array(words.length).fill(true);
  for (let at = 0; at + RUN <= words.length; at += 1) {
    if (baseRuns.has(runAt(words, at))) own.fill(false, at, at + RUN);
  }
  return own;
}

/**
 * Space and punctuation between two own words belongs to them, and so does punctuation
 * right behind an own word.
 *
 * @param {string} text
 * @param {Word[]} words
 * @param {boolean[]} own
 * @returns {Uint8Array} 1 at each place of the text that is own
 */
function ownStretches(text, words, own) {
  const stretches = new Uint8Array(text.length);
  words.forEach((word, index) => {
    if (!own[index]) return;
    const start = index > 0 && own[index - 1] ? words[index - 1].end : word.start;
    let end = word.end;
    while (end < text.length && !SPACE.test(text[end])) {
      const next = String.fromCodePoint(text.codePointAt(end) ?? 0);
      if (PART_OF_WORD.test(next)) break;
      end += next.length;
    }
    stretches.fill(1, start, end);
  });
  return stretches;
}

/**
 * @param {string} text
 * @param {Uint8Array} stretches
 * @returns {Segment[][]}
 */
function segmentsOf(text, stretches) {
  const paragraphs = [];
  let start = 0;
  const gaps = [...text.matchAll(EMPTY_LINES)].map((gap) => [gap.index, gap.index + gap[0].length]);
  for (const [end, nextStart] of [...gaps, [text.length, text.length]]) {
    const pieces = piecesBetween(text, stretches, start, end);
    if (pieces.some((piece) => NOT_SPACE.test(piece.text))) paragraphs.push(pieces);
    start = nextStart;
  }
  return paragraphs;
}

/**
 * @param {string} text
 * @param {Uint8Array} stretches
 * @param {number} start
 * @param {number} end
 * @returns {Segment[]}
 */
function piecesBetween(text, stretches, start, end) {
  const pieces = [];
  let from = start;
  for (let at = start; at < end; at += 1) {
    if (at + 1 < end && stretches[at + 1] === stretches[at]) continue;
    pieces.push({ text: text.slice(from, at + 1), isOwn: stretches[at] === 1 });
    from = at + 1;
  }
  return pieces;
}
