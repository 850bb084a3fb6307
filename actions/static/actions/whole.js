// A letter put together in the browser just as the server does it (actions/rendering,
// actions/composing.py).

import { senderIn } from "./sender.js";

/**
 * @typedef {object} Proposals
 * @property {string} withPrompt the letter with a prompt where its writer's words belong
 * @property {string} withoutReason the letter of somebody who gives none
 */

const BRACKETED = /\[[^[\]\n]*\]/g;
const LETTER = /\p{L}/u;
const INSTRUCTION =
  /^\[\s*(?:add|describe|explain|insert|say|tell|write|your|name|town|dywedwch|disgrifiwch|eglurwch|eich|enw|rhowch|tref|ychwanegwch|ysgrifennwch)(?![\p{L}\p{N}_])/iu;

/**
 * @param {string} text
 * @returns {string} one kind of line end, no space at line ends, one empty line together
 */
export function tidy(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.trimEnd());
  return lines.join("\n").replace(/\n{3,}/g, "\n\n").trim();
}

/**
 * @param {Proposals} proposals
 * @param {string} prompt
 * @param {string} reason the writer's words, or ""
 * @returns {{ body: string, base: string }} the letter, and the same without their words
 */
export function composed(proposals, prompt, reason) {
  const words = reason.trim();
  if (words === "") {
    const body = tidy(proposals.withoutReason);
    return { body, base: body };
  }
  /** @param {string} given */
  const having = (given) => tidy(proposals.withPrompt.replace(prompt, () => given));
  return { body: having(words), base: having("") };
}

/**
 * @param {string} body
 * @param {string} base the text that the letter was made from
 * @returns {string} a bracketed note that was meant to be replaced, or ""
 */
export function noteLeft(body, base) {
  const notes = new Set(base.match(BRACKETED));
  const isNote = (/** @type {string} */ note) => notes.has(note) || INSTRUCTION.test(note);
  return (body.match(BRACKETED) ?? []).find((note) => isNote(note) && LETTER.test(note)) ?? "";
}

/**
 * @param {Element} place
 * @returns {string[]} its lines, without those that are only prompts
 */
function linesIn(place) {
  return [...place.querySelectorAll(".line:not(.prompt)")].map((line) => line.textContent ?? "");
}

/**
 * @param {Element} sheet everything but the sender and the body is read from it
 * @param {HTMLFormElement} form the sender
 * @param {string} body
 * @returns {string} the letter from the first line to the last
 */
export function wholeLetter(sheet, form, body) {
  const { name, address } = senderIn(form);
  /** @param {string} part */
  const text = (part) => sheet.querySelector(`.sheet-${part}`)?.textContent?.trim() ?? "";
  const recipient = sheet.querySelector(".sheet-recipient");
  const blocks = [
    [name, ...address].filter((line) => line !== "").join("\n"),
    text("dated"),
    recipient ? linesIn(recipient).join("\n") : "",
    sheet.querySelector(".sheet-recipient + p")?.textContent?.trim() ?? "",
    tidy(body),
    [text("closing"), name].filter((line) => line !== "").join("\n"),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
