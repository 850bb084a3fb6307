// The ways out: copies the letter to the clipboard, and selects what is to be copied by hand.

import { backBy } from "./back.js";
import "./copies.js";
import { keepDraft } from "./keeping.js";

for (const part of document.querySelectorAll("[data-without-script]")) part.remove();
for (const part of document.querySelectorAll("[data-with-script]")) part.removeAttribute("hidden");
const back = document.querySelector("button[data-back]");
if (back instanceof HTMLButtonElement) backBy(back);
const letter = document.querySelector("form[data-draft]");
if (letter instanceof HTMLFormElement) keepDraft(letter);
