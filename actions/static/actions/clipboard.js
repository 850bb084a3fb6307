// Puts a field's text on the clipboard, and says so beside what was pressed.

import { said } from "./words.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

/**
 * At once, because a link that is pressed takes the focus elsewhere and browsers copy
 * later only for the page that has it.
 *
 * @param {Field} field
 * @returns {boolean} whether its text is on the clipboard now
 */
function copyAtOnce(field) {
  const before = document.activeElement;
  field.focus({ preventScroll: true });
  field.select();
  const isCopied = document.execCommand("copy");
  if (isCopied && before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}

/**
 * @param {Field} field
 * @returns {Promise<boolean>}
 */
async function copy(field) {
  if (copyAtOnce(field)) return true;
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Element | null} element
 * @returns {element is Field}
 */
function isField(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

/** @param {Element} control a button, or a link that opens a mail without its text */
export function copyBy(control) {
  const field = document.getElementById(control.getAttribute("data-copies") ?? "");
  if (!isField(field)) return;
  control.removeAttribute("hidden");
  const copied = control instanceof HTMLAnchorElement ? "copied_for_mail" : "copied";
  control.addEventListener("click", async () => {
    const isCopied = await copy(field);
    say(control, said(isCopied ? copied : "not_copied"));
  });
}

/**
 * Next to what was pressed, so that it is seen there, too.
 *
 * @param {Element} control
 * @param {string} words
 */
function say(control, words) {
  const status = document.querySelector("[data-copied]");
  if (!status) return;
  (control.closest(".copying") ?? document.querySelector(".services"))?.after(status);
  // What is said twice in the same words is read out once.
  status.textContent = "";
  window.requestAnimationFrame(() => {
    status.textContent = words;
  });
}

/** @param {Element} field of which there is another box for whom no script helps */
export function selectOnFocus(field) {
  field.closest(".copying")?.querySelector("[data-without-copying]")?.remove();
  field.classList.remove("until-focused");
  if (isField(field)) field.addEventListener("focus", () => field.select());
}
