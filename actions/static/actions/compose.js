// The questions' page: the sheet grows beside the form. What a person types is drawn here,
// in the browser; only the demands are sent, to fetch the paragraphs that go with them.

import { warnBeforeLosing } from "./leaving.js";
import { meterOn } from "./meter.js";
import { measure } from "./own_words.js";
import { ownParagraphs, paragraphElement, writeLines } from "./sheet.js";

/** The fields that may be sent: the page's own tokens, and the demands. */
const SENT = ["csrfmiddlewaretoken", "token", "demands"];

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form[data-compose]");

/** @param {HTMLFormElement} compose */
function follow(compose) {
  const meter = document.querySelector("[data-meter]");
  const status = document.querySelector("[data-preview-status]");
  const show = meter ? meterOn(meter) : () => {};
  /** @type {AbortController | null} */
  let underWay = null;

  /** @param {string} part */
  const onSheet = (part) => document.querySelector(`[data-sheet-${part}]`);

  /** @param {string} name */
  const typed = (name) => {
    const field = compose.elements.namedItem(name);
    const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
    return isText ? field.value.trim() : "";
  };

  /** The paragraphs that hold the person's reason, or a prompt where there is none yet. */
  const reasonParagraphs = () => {
    const given = ownParagraphs(typed("reason"));
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
    const reason = typed("reason");
    show(measure(base, reason === "" ? base : `${base}\n\n${reason}`));
  };

  const drawSender = () => {
    const sender = onSheet("sender");
    const signature = onSheet("signature");
    const name = typed("name");
    const lastLine = `${typed("town")} ${typed("postcode").toUpperCase()}`.trim();
    const lines = [typed("address_line_1"), typed("address_line_2"), lastLine];
    const address = lines.filter((line) => line !== "");
    if (sender) {
      const prompts = [
        sender.getAttribute("data-name-prompt") ?? "",
        sender.getAttribute("data-address-prompt") ?? "",
      ];
      sender.classList.toggle("prompt", name === "" && address.length === 0);
      writeLines(sender, [name || prompts[0], ...(address.length > 0 ? address : [prompts[1]])]);
    }
    if (signature) signature.textContent = name || (sender?.getAttribute("data-name-prompt") ?? "");
  };

  const draw = () => {
    drawSender();
    drawReason();
  };

  const fetchParagraphs = async () => {
    underWay?.abort();
    underWay = new AbortController();
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(compose)) {
      if (SENT.includes(name) && typeof value === "string") sent.append(name, value);
    }
    const address = compose.getAttribute("data-preview-url") ?? "";
    const response = await fetch(address, {
      method: "POST",
      body: sent,
      signal: underWay.signal,
    });
    if (!response.ok) throw new Error(`The preview answered ${response.status}.`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-sheet-text]");
    const text = onSheet("text");
    if (!fresh || !text) return;
    text.replaceChildren(...[...fresh.children].map((child) => document.importNode(child, true)));
    drawReason();
    if (status) status.textContent = "The letter now asks for what you chose.";
  };

  compose.addEventListener("change", (event) => {
    const changed = event.target;
    if (!(changed instanceof HTMLInputElement) || changed.name !== "demands") return;
    fetchParagraphs().catch((error) => {
      if (error instanceof DOMException && error.name === "AbortError") return;
      if (status) status.textContent = "The letter here could not follow. The next page will show it.";
    });
  });
  compose.addEventListener("input", (event) => {
    const changed = event.target;
    if (changed instanceof HTMLInputElement && changed.name === "demands") return;
    draw();
  });
  window.addEventListener("pageshow", draw);
  for (const button of document.querySelectorAll("[data-without-script]")) button.remove();
  for (const part of document.querySelectorAll("[data-with-script]")) part.removeAttribute("hidden");
  warnBeforeLosing(compose);
}

if (form) follow(form);
