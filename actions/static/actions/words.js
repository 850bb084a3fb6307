// What scripts say, in the page's language. The page brings it along, since scripts have
// no translations: templates/components/script_words.html.

/** @typedef {Record<string, string>} Forms one for each kind of number (CLDR's categories) */
/**
 * @typedef {object} Words
 * @property {string} language
 * @property {string[]} months
 * @property {Record<string, string | Forms>} sentences
 */

/** @type {Words} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "null") ?? {
  language: "en-GB",
  months: [],
  sentences: {},
};

// Browsers don't count in every language of ours: then as in English, like the server, and
// not as in whichever language the browser itself speaks.
const languages = [words.language, "en-GB"];
const numbers = new Intl.NumberFormat(languages);
const categories = new Intl.PluralRules(languages);

/**
 * @param {string} name of a sentence
 * @param {Record<string, string | number>} [values] what stands in its braces; "n" says
 *   how many, where a sentence has forms for that
 * @returns {string}
 */
export function said(name, values = {}) {
  const given = words.sentences[name] ?? "";
  const category = categories.select(Number(values.n));
  const sentence = typeof given === "string" ? given : (given[category] ?? given.other);
  return sentence.replace(/\{(\w+)\}/g, (braced, key) => {
    const value = values[key] ?? braced;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/**
 * With the page's names of months: many browsers know no Welsh or Uyghur ones.
 *
 * @param {Date} date
 * @returns {string} such as "22 November"
 */
export function day(date) {
  return said("day", { day: date.getDate(), month: words.months[date.getMonth()] ?? "" });
}
