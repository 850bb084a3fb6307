// Keeps a draft while somebody writes, and clears it when they have finished or gone.

import { clearAround, leaveCleared } from "./clearing.js";
import { fieldsOf, isBegun } from "./draft_fields.js";
import * as drafts from "./drafts.js";
import { offerElsewhere } from "./elsewhere.js";
import { askWhenIdle } from "./idle.js";
import { isEdited } from "./leaving.js";

const PAUSE = 500;

/**
 * @param {HTMLFormElement} form of a writing page
 * @returns {() => boolean} tells whether all that is typed is kept, so that leaving the
 *   page loses nothing
 */
export function keepDraft(form) {
  const slug = form.getAttribute("data-draft") ?? "";
  const seat = form.getAttribute("data-draft-seat") ?? "";
  const away = form.getAttribute("data-away") ?? "/";
  /** @type {number | undefined} */
  let waiting;
  let isKept = drafts.canKeep();
  let isFinished = false;
  // A page that holds nothing yet must not take the place of what was kept before.
  let isOurs = isBegun(fieldsOf(form));

  const now = () => drafts.draftOf(seat, fieldsOf(form));

  const save = () => {
    window.clearTimeout(waiting);
    waiting = undefined;
    if (isFinished) return;
    const draft = now();
    if (isBegun(draft.fields)) {
      isOurs = true;
      isKept = drafts.keep(slug, draft);
      showKept();
    } else if (isOurs) {
      drafts.erase(slug);
    }
  };
  const saveWhatWaits = () => {
    if (waiting !== undefined) save();
  };
  const showKept = () => {
    show("[data-draft-kept]", isKept);
    show("[data-without-draft]", !isKept);
  };
  const forget = () => {
    window.clearTimeout(waiting);
    isFinished = true;
    drafts.erase(slug);
  };
  const finish = () => {
    forget();
    leaveCleared(away);
  };
  /** Somebody who comes back from the postbox can still say that the letter has gone. */
  const nobodyThere = () => {
    const outlives = document.querySelector("[data-outlives]");
    if (!outlives) return finish();
    forget();
    clearAround(outlives);
  };

  const changed = elsewhere(form, now);
  form.addEventListener("input", () => {
    if (isBegun(fieldsOf(form))) show("[data-draft-offer]", false);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      save();
      changed();
    }, PAUSE);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target === form) save();
    if (event.submitter?.hasAttribute("data-goes-out")) drafts.mark(slug, true);
  });
  window.addEventListener("pagehide", saveWhatWaits);
  document.addEventListener("visibilitychange", saveWhatWaits);
  window.addEventListener("pageshow", () => {
    // Dropped by the browser as it was left, and brought back empty.
    if (isFinished && form.isConnected) leaveCleared(away);
    drafts.mark(slug, false);
  });
  for (const button of document.querySelectorAll("[data-clear]")) {
    button.addEventListener("click", finish);
  }
  askBeforeFinishing();
  show("[data-with-draft]", true);
  showKept();
  // Typed before this script was there, or filled in again by the browser.
  if (isEdited(form)) save();
  watch(form, slug, nobodyThere);
  return () => isKept;
}

/** One press on a button beside others must not lose what took an hour to write. */
function askBeforeFinishing() {
  const sure = document.querySelector("dialog[data-sure]");
  if (!(sure instanceof HTMLDialogElement)) return;
  document.querySelector("[data-finish]")?.addEventListener("click", () => sure.showModal());
  sure.querySelector("[data-go-on]")?.addEventListener("click", () => sure.close());
}

/**
 * Asks after ten minutes whether somebody is still there, unless nobody else uses the
 * device, there is nothing to clear, or the same letter is written in another tab.
 *
 * @param {HTMLFormElement} form
 * @param {string} slug
 * @param {() => void} nobodyThere
 */
function watch(form, slug, nobodyThere) {
  const dialog = document.querySelector("dialog[data-still-there]");
  const own = document.querySelector("[data-own-device]");
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (own instanceof HTMLInputElement) {
    own.checked = drafts.isOwnDevice();
    own.addEventListener("change", () => drafts.sayOwnDevice(own.checked));
  }
  const idleSeconds = Number(dialog.getAttribute("data-idle-seconds"));
  const answerSeconds = Number(dialog.getAttribute("data-answer-seconds"));
  const isOwn = () => own instanceof HTMLInputElement && own.checked;
  const isWanted = () => !isOwn() && isBegun(fieldsOf(form));
  const touchedElsewhere = () => drafts.kept(slug)?.at ?? 0;
  askWhenIdle(dialog, { idleSeconds, answerSeconds, isWanted, touchedElsewhere }, nobodyThere);
}

/**
 * @param {HTMLFormElement} form
 * @param {() => drafts.Draft} now
 * @returns {() => void} to be told when the draft has changed
 */
function elsewhere(form, now) {
  const place = form.querySelector("details[data-elsewhere]");
  return place instanceof HTMLDetailsElement ? offerElsewhere(place, now) : () => {};
}

/**
 * @param {string} selector
 * @param {boolean} isShown
 */
function show(selector, isShown) {
  for (const part of document.querySelectorAll(selector)) {
    if (part instanceof HTMLElement) part.hidden = !isShown;
  }
}
