// The questions' page: the sheet grows beside the form. What a person types is drawn here,
// in the browser; only the demands are sent, to fetch the paragraphs that go with them.

import { nextStep, reason } from "./answers.js";
import { backBy } from "./back.js";
import { followDemands } from "./demands.js";
import { keepDraft } from "./keeping.js";
import { warnBeforeLosing } from "./leaving.js";
import { meterOn } from "./meter.js";
import { measure } from "./own_words.js";
import { drawSender } from "./sender.js";
import { ownParagraphs, paragraphElement } from "./sheet.js";
import { said } from "./words.js";

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form[data-compose]");

/** @param {HTMLFormElement} compose */
function follow(compose) {
  const meter = document.querySelector("[data-meter]");
  const status = document.querySelector("[data-preview-status]");
  const show = meter ? meterOn(meter, () => nextStep(compose)) : () => {};

  /** @param {string} part */
  const onSheet = (part) => document.querySelector(`[data-sheet-${part}]`);

  /** The paragraphs that hold the person's reason, or a prompt where there is none yet. */
  const reasonParagraphs = () => {
    const given = ownParagraphs(reason(compose));
    const prompt = compose.getAttribute("data-prompt") ?? "";
    if (given.length > 0) return given.map(paragraphElement);
    const paragraph = paragraphElement([{ text: prompt, isOwn: true }]);
    paragraph.className = "prompt";
    return [paragraph];
  };

  const drawReason = () => {
    const text = onSheet("text");
    if (!text) return;
    const old = [...text.querySelectorAll("[data-reason]")];
    const fresh = reasonParagraphs();
    for (const paragraph of fresh) paragraph.setAttribute("data-reason", "");
    if (old.length > 0) old[0].before(...fresh);
    else if (text.firstElementChild) text.firstElementChild.after(...fresh);
    else text.append(...fresh);
    for (const paragraph of old) paragraph.remove();
    const base = [...text.querySelectorAll("p:not([data-reason])")]
      .map((paragraph) => paragraph.textContent ?? "")
      .join("\n\n");
    const own = reason(compose);
    show(measure(base, own === "" ? base : `${base}\n\n${own}`));
  };

  const draw = () => {
    drawSender(compose);
    drawReason();
  };

  /** @param {string} letter */
  const arrived = (letter) => {
    const page = new DOMParser().parseFromString(letter, "text/html");
    const fresh = page.querySelector("[data-sheet-text]");
    const text = onSheet("text");
    if (!fresh || !text) return;
    text.replaceChildren(...[...fresh.children].map((child) => document.importNode(child, true)));
    drawReason();
    if (status) status.textContent = said("letter_follows");
  };

  followDemands(compose, arrived, () => {
    if (status) status.textContent = said("letter_behind");
  });
  compose.addEventListener("input", (event) => {
    const changed = event.target;
    if (changed instanceof HTMLInputElement && changed.name === "demands") return;
    draw();
  });
  window.addEventListener("pageshow", draw);
  for (const button of document.querySelectorAll("[data-without-script]")) button.remove();
  for (const part of document.querySelectorAll("[data-with-script]")) part.removeAttribute("hidden");
  warnBeforeLosing(compose, keepDraft(compose));
  const back = compose.querySelector("button[data-back]");
  if (back instanceof HTMLButtonElement) backBy(back);
}

if (form) follow(form);
