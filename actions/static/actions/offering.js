// Offers a draft back: one that this browser kept, or one that a link brought along.

import { fieldsOf, isBegun } from "./draft_fields.js";
import { brought, unpack } from "./draft_links.js";
import * as drafts from "./drafts.js";
import { CLEARED } from "./clearing.js";
import { day } from "./words.js";

/** @typedef {import("./drafts.js").Draft} Draft */

/**
 * @param {HTMLElement} offers all that may be said of drafts
 * @param {string} slug whose campaign
 */
function offer(offers, slug) {
  /** @type {Draft | null} what a link brought along */
  let along = null;
  // Beside one that was begun here before it is not kept: that would take its place.
  let isAlongKept = false;

  const own = () => (isAlongKept ? null : drafts.kept(slug));

  const draw = () => {
    // Nothing of a draft stays in the page for longer than it takes to send it.
    for (const place of offers.querySelectorAll("[data-draft-fields]")) place.replaceChildren();
    const begun = isPageEmpty() ? own() : null;
    show(offers, "[data-draft-offer=brought]", along !== null);
    show(offers, "[data-draft-offer=own]", begun !== null);
    show(offers, "[data-draft-replaces]", begun !== null || !isPageEmpty());
    if (begun) writeDay(offers, begun.at);
  };

  /** @param {string} kind which of the sentences that stand ready */
  const say = (kind) => {
    for (const said of offers.querySelectorAll("[data-draft-said]")) {
      if (!(said instanceof HTMLElement)) continue;
      said.hidden = said.getAttribute("data-draft-said") !== kind;
      if (!said.hidden) said.focus();
    }
  };

  /**
   * @param {string} kind
   * @param {() => Draft | null} chosen
   * @param {() => void} erase
   */
  const wire = (kind, chosen, erase) => {
    const form = offers.querySelector(`[data-draft-offer=${kind}] form`);
    form?.addEventListener("submit", (event) => {
      const draft = chosen();
      form.querySelector("[data-draft-fields]")?.replaceChildren(...inputsOf(draft));
      // Erased meanwhile, in another tab.
      if (!draft) event.preventDefault();
      if (!draft) draw();
    });
    form?.querySelector("[data-draft-erase]")?.addEventListener("click", () => {
      erase();
      draw();
      say("erased");
    });
  };

  wire("own", own, () => {
    drafts.erase(slug);
    if (along) isAlongKept = drafts.keep(slug, along);
  });
  wire(
    "brought",
    () => {
      if (along) isAlongKept = drafts.keep(slug, along);
      return along;
    },
    () => {
      if (isAlongKept) drafts.erase(slug);
      along = null;
      isAlongKept = false;
    },
  );

  /** @param {string} packed */
  const bring = async (packed) => {
    along = await unpack(packed);
    const before = drafts.kept(slug);
    if (!along) say("broken");
    else if (!before || isSame(before, along)) isAlongKept = drafts.keep(slug, along);
    draw();
  };

  const bringWhatCame = () => {
    const packed = brought();
    if (packed !== null) bring(packed);
  };

  window.addEventListener("pageshow", draw);
  // A link that is pasted where its page is open already.
  window.addEventListener("hashchange", bringWhatCame);
  draw();
  bringWhatCame();
  if (window.location.hash === CLEARED) {
    window.history.replaceState(null, "", window.location.pathname);
    if (!drafts.kept(slug)) say("cleared");
  }
}

/** @returns {boolean} whether nothing is typed on this page that a draft would replace */
function isPageEmpty() {
  return [...document.forms].every((form) => !isBegun(fieldsOf(form)));
}

/**
 * @param {Draft} one
 * @param {Draft} other
 */
function isSame(one, other) {
  return JSON.stringify([one.seat, one.fields]) === JSON.stringify([other.seat, other.fields]);
}

/**
 * @param {Draft | null} draft
 * @returns {HTMLInputElement[]}
 */
function inputsOf(draft) {
  if (!draft) return [];
  return [["seat", draft.seat], ...draft.fields].map(([name, text]) => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = text;
    return input;
  });
}

/**
 * @param {HTMLElement} offers
 * @param {number} at in milliseconds
 */
function writeDay(offers, at) {
  const place = offers.querySelector("[data-draft-day]");
  const date = new Date(at);
  if (!(place instanceof HTMLTimeElement)) return;
  place.dateTime = date.toISOString();
  place.textContent = day(date);
}

/**
 * @param {HTMLElement} offers
 * @param {string} selector
 * @param {boolean} isShown
 */
function show(offers, selector, isShown) {
  for (const part of offers.querySelectorAll(selector)) {
    if (part instanceof HTMLElement) part.hidden = !isShown;
  }
}

const offers = document.querySelector("[data-draft-offers]");
if (offers instanceof HTMLElement) offer(offers, offers.getAttribute("data-draft-offers") ?? "");
