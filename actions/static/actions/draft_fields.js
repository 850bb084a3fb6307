// What of a form belongs to a draft: what a person typed or chose, and nothing of ours.

/** @typedef {[name: string, text: string][]} Fields */

const ANSWER = /^(?:reason|answer_\d{1,10})$/;
const PERSON = [
  "name",
  "email",
  "address_line_1",
  "address_line_2",
  "town",
  "country",
  "helper",
];
// Each with the field that holds what it was before anybody changed it.
const EDITED = new Map([
  ["subject", "composed_subject"],
  ["body", "composed"],
]);
const CHOSEN = ["demands", "postcode", "situation", "sureness", "letter_language"];

/**
 * @param {string} name of a field
 * @returns {boolean}
 */
export function isAllowed(name) {
  return isTyped(name) || CHOSEN.includes(name);
}

/** @param {string} name */
function isTyped(name) {
  return ANSWER.test(name) || PERSON.includes(name) || EDITED.has(name);
}

/**
 * @param {HTMLFormElement} form
 * @returns {Fields} what of it belongs to a draft
 */
export function fieldsOf(form) {
  const all = new FormData(form);
  /** @type {Fields} */
  const fields = [];
  for (const [name, text] of all) {
    if (typeof text !== "string" || text === "" || !isAllowed(name)) continue;
    if (!EDITED.has(name) || isEdited(all, name, text)) fields.push([name, text]);
  }
  return fields;
}

/**
 * @param {FormData} all
 * @param {string} name
 * @param {string} text
 * @returns {boolean} whether a subject or a letter is not as it was composed
 */
function isEdited(all, name, text) {
  const composed = all.get(EDITED.get(name) ?? "");
  return typeof composed !== "string" || plain(text) !== plain(composed);
}

/** @param {string} text */
function plain(text) {
  return text.replace(/\r\n?/g, "\n").trim();
}

/**
 * @param {Fields} fields
 * @returns {boolean} whether there is anything in them that would be missed
 */
export function isBegun(fields) {
  return fields.some(([name, text]) => isTyped(name) && text.trim() !== "");
}
