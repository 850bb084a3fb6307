// "Continue on another device": a link that holds the draft, mailed or copied.

import { copyBy, selectOnFocus } from "./clipboard.js";
import { LONGEST, linkTo, pack } from "./draft_links.js";

/** @typedef {import("./drafts.js").Draft} Draft */

/**
 * @param {HTMLDetailsElement} place with a field for the address and one for the link
 * @param {() => Draft} draft what is typed now
 * @returns {() => void} to be told when the draft has changed
 */
export function offerElsewhere(place, draft) {
  const form = document.querySelector("form[data-elsewhere-form]");
  const email = place.querySelector("[data-elsewhere-email]");
  const link = place.querySelector("[data-selects]");
  const copy = place.querySelector("[data-copies]");
  if (
    !(form instanceof HTMLFormElement) ||
    !(email instanceof HTMLInputElement) ||
    !(link instanceof HTMLInputElement) ||
    !copy
  ) {
    return () => {};
  }

  const packed = async () => {
    const made = await pack(draft());
    const isShort = made.length <= LONGEST;
    show("[data-elsewhere-ways]", isShort);
    show("[data-elsewhere-too-long]", !isShort);
    link.value = isShort ? linkTo(place.getAttribute("data-page") ?? "", made) : "";
    return isShort ? made : "";
  };

  /**
   * @param {string} words
   * @param {boolean} isFault whether the address is what has to be mended
   */
  const say = (words, isFault) => {
    const [fault, status] = ["fault", "said"].map((name) =>
      place.querySelector(`[data-elsewhere-${name}]`),
    );
    if (fault instanceof HTMLElement) {
      fault.hidden = !isFault;
      fault.textContent = isFault ? words : "";
    }
    if (status) status.textContent = isFault ? "" : words;
    email.closest(".field")?.classList.toggle("has-error", isFault);
    if (!isFault) {
      email.removeAttribute("aria-invalid");
      return;
    }
    email.setAttribute("aria-invalid", "true");
    email.focus();
  };

  const mail = async () => {
    const made = await packed();
    if (made === "") return;
    const sent = new URLSearchParams({ email: email.value.trim(), packed: made });
    for (const [name, value] of new FormData(form)) sent.append(name, String(value));
    const answer = await fetch(form.action, { method: "POST", body: sent });
    const isOurs = answer.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
    if (!isOurs) throw new Error(`It answered ${answer.status}.`);
    say(await answer.text(), answer.status === 422);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mail().catch(() => say(place.getAttribute("data-not-mailed") ?? "", false));
  });
  place.addEventListener("toggle", () => {
    if (!place.open) return;
    const typed = place.closest("form")?.elements.namedItem("email");
    if (email.value === "" && typed instanceof HTMLInputElement) email.value = typed.value;
    packed();
  });
  copyBy(copy);
  selectOnFocus(link);
  place.hidden = false;

  /**
   * @param {string} selector
   * @param {boolean} isShown
   */
  function show(selector, isShown) {
    for (const part of place.querySelectorAll(selector)) {
      if (part instanceof HTMLElement) part.hidden = !isShown;
    }
  }

  return () => {
    if (place.open) packed();
  };
}
