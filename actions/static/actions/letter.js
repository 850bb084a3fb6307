// The letter's page: meter, word count and preview follow the text as it is typed.

import { backBy } from "./back.js";
import { keepDraft } from "./keeping.js";
import { warnBeforeLosing } from "./leaving.js";
import { meterOn } from "./meter.js";
import { measure } from "./own_words.js";
import { paragraphElement } from "./sheet.js";

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form[data-letter]");
/** @type {HTMLTemplateElement | null} */
const base = document.querySelector("template#base-text");
const sheetText = document.querySelector("[data-sheet-text]");
const sheetSubjects = document.querySelectorAll("[data-sheet-subject]");
const signature = document.querySelector("[data-signature]");
const meter = document.querySelector("[data-meter]");

/** @param {HTMLFormElement} letter */
function follow(letter) {
  const subject = letter.querySelector("[name=subject]");
  const body = letter.querySelector("[name=body]");
  const baseText = base?.content.textContent ?? "";
  const show = meter ? meterOn(meter) : () => {};
  let isWaiting = false;

  const draw = () => {
    isWaiting = false;
    if (subject instanceof HTMLInputElement) {
      for (const place of sheetSubjects) place.textContent = subject.value;
    }
    if (!(body instanceof HTMLTextAreaElement)) return;
    const measured = measure(baseText, body.value);
    sheetText?.replaceChildren(...measured.segments.map(paragraphElement));
    show(measured);
    if (signature instanceof HTMLElement) {
      signature.hidden = measured.ownWords >= Number(signature.getAttribute("data-least"));
    }
  };
  letter.addEventListener("input", () => {
    if (isWaiting) return;
    isWaiting = true;
    window.requestAnimationFrame(draw);
  });
  // A browser that comes back to the page fills the fields in again.
  window.addEventListener("pageshow", draw);
  for (const button of document.querySelectorAll("[data-without-script]")) button.remove();
  warnBeforeLosing(letter, keepDraft(letter));
  const back = letter.querySelector("button[data-back]");
  if (back instanceof HTMLButtonElement) backBy(back);
}

if (form) follow(form);
