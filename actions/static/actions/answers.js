// The answers to a campaign's questions, one field each; the server puts them together in
// the same way (actions/questions.py).

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Answer */

/**
 * @param {HTMLFormElement} form
 * @returns {Answer[]} in the order in which they are asked
 */
function answersOf(form) {
  return /** @type {Answer[]} */ ([...form.querySelectorAll("[data-answer]")]);
}

/**
 * @param {HTMLFormElement} form
 * @returns {string} all answers, an empty line between them
 */
export function reason(form) {
  return answersOf(form)
    .map((answer) => answer.value.trim())
    .filter((answer) => answer !== "")
    .join("\n\n");
}

/**
 * @param {HTMLFormElement} form
 * @returns {string} what would help most now, such as "a sentence about your town", or ""
 */
export function nextStep(form) {
  for (const answer of answersOf(form)) {
    const words = answer.value.split(/\s+/).filter((word) => word !== "").length;
    const hint = answer.getAttribute("data-hint") ?? "";
    const more = answer.getAttribute("data-more") ?? "";
    if (words === 0 && hint !== "") return hint;
    if (words > 0 && words < Number(answer.getAttribute("data-least"))) return more;
  }
  return "";
}
