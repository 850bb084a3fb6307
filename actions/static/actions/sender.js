// Who writes, on the sheet: as it is typed, with a prompt for what is still missing.

import { writeLines } from "./sheet.js";

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {string} what stands in a field; "" where there is none of this name
 */
function typed(form, name) {
  const field = form.elements.namedItem(name);
  const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  return isText ? field.value.trim() : "";
}

/**
 * @param {HTMLFormElement} form
 * @returns {{ name: string, address: string[] }} what is typed, without empty lines
 */
export function senderIn(form) {
  const lastLine = `${typed(form, "town")} ${typed(form, "postcode").toUpperCase()}`.trim();
  const country = typed(form, "country") || "…";
  const note = (form.getAttribute("data-address-note") ?? "").replace("{country}", () => country);
  const lines = [typed(form, "address_line_1"), typed(form, "address_line_2"), lastLine, note];
  return { name: typed(form, "name"), address: lines.filter((line) => line !== "") };
}

/**
 * @param {HTMLFormElement} form
 * @returns {string} who wrote for whom; "" where nobody did, or it is not typed yet
 */
export function signedFor(form) {
  const helper = typed(form, "helper");
  const note = form.getAttribute("data-signature-note") ?? "";
  if (helper === "" || note === "") return "";
  return note.replace("{name}", () => typed(form, "name")).replace("{helper}", () => helper);
}

/** @param {HTMLFormElement} form */
export function drawSender(form) {
  const { name, address } = senderIn(form);
  const sender = document.querySelector("[data-sheet-sender]");
  const signature = document.querySelector("[data-sheet-signature]");
  const namePrompt = sender?.getAttribute("data-name-prompt") ?? "";
  const addressPrompt = sender?.getAttribute("data-address-prompt") ?? "";
  if (sender) {
    sender.classList.toggle("prompt", name === "" && address.length === 0);
    writeLines(sender, [name || namePrompt, ...(address.length > 0 ? address : [addressPrompt])]);
    sender.firstElementChild?.classList.toggle("prompt", name === "");
    sender.lastElementChild?.classList.toggle("prompt", address.length === 0);
  }
  const note = document.querySelector("[data-sheet-signed-for]");
  if (note) note.textContent = signedFor(form);
  if (signature) {
    signature.classList.toggle("prompt", name === "");
    signature.textContent = name || namePrompt;
  }
}
