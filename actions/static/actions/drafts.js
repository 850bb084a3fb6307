// Drafts of letters, kept in this browser and nowhere else: one for each campaign.
//
// Where the browser keeps nothing for us, because it is told not to or has no room,
// there are simply no drafts.

import { isAllowed } from "./draft_fields.js";

/** @typedef {import("./draft_fields.js").Fields} Fields */
/**
 * @typedef {object} Draft
 * @property {number} version
 * @property {number} at when it was last changed, in milliseconds
 * @property {string} seat the code of the constituency that is written to
 * @property {Fields} fields
 * @property {boolean} [isGoing] whether the letter was on its way out when last seen
 */

const PREFIX = "postbag:draft:";
const OWN_DEVICE = "postbag:own-device";
const VERSION = 1;
// The privacy page says so (actions/privacy.py).
const DAYS = 14;
const DAY = 24 * 60 * 60 * 1000;
const MOST_FIELDS = 100;
const LONGEST_FIELD = 50_000;

/**
 * @param {string} seat
 * @param {Fields} fields
 * @returns {Draft} one that was changed now
 */
export function draftOf(seat, fields) {
  return { version: VERSION, at: Date.now(), seat, fields };
}

/**
 * What comes out of a browser or a link may be anybody's.
 *
 * @param {any} value
 * @returns {value is Draft}
 */
export function isDraft(value) {
  return (
    value?.version === VERSION &&
    Number.isFinite(value.at) &&
    /^[A-Z]\d{8}$/.test(value.seat) &&
    Array.isArray(value.fields) &&
    value.fields.length <= MOST_FIELDS &&
    value.fields.every(isField)
  );
}

/** @param {any} field */
function isField(field) {
  if (!Array.isArray(field) || field.length !== 2) return false;
  const [name, text] = field;
  return isAllowed(name) && typeof text === "string" && text.length <= LONGEST_FIELD;
}

/** @returns {boolean} whether this browser keeps anything for us */
export function canKeep() {
  const probe = `${PREFIX}?`;
  try {
    window.localStorage.setItem(probe, probe);
    window.localStorage.removeItem(probe);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} slug whose campaign
 * @param {Draft} draft
 * @returns {boolean} whether it is kept now
 */
export function keep(slug, draft) {
  try {
    window.localStorage.setItem(PREFIX + slug, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} slug
 * @returns {Draft | null} what is kept; what is too old or cannot be read is erased first
 */
export function kept(slug) {
  try {
    for (const key of Object.keys(window.localStorage)) {
      if (key.startsWith(PREFIX) && !isWorthKeeping(window.localStorage.getItem(key))) {
        window.localStorage.removeItem(key);
      }
    }
    return JSON.parse(window.localStorage.getItem(PREFIX + slug) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string | null} text */
function isWorthKeeping(text) {
  try {
    const draft = JSON.parse(text ?? "null");
    return isDraft(draft) && Math.abs(Date.now() - draft.at) < DAYS * DAY;
  } catch {
    return false;
  }
}

/** @param {string} slug */
export function erase(slug) {
  try {
    window.localStorage.removeItem(PREFIX + slug);
  } catch {
    // Then nothing was ever kept.
  }
}

/**
 * Notes whether the letter is on its way out: then the page after it erases the draft.
 *
 * @param {string} slug
 * @param {boolean} isGoing
 */
export function mark(slug, isGoing) {
  const draft = kept(slug);
  if (draft && Boolean(draft.isGoing) !== isGoing) keep(slug, { ...draft, isGoing });
}

/**
 * Erases the draft of a letter that has gone, and no other that was begun meanwhile.
 *
 * @param {string} slug
 */
export function eraseWhatHasGone(slug) {
  if (kept(slug)?.isGoing) erase(slug);
}

/** @returns {boolean} whether somebody said that nobody else uses this device */
export function isOwnDevice() {
  try {
    return window.localStorage.getItem(OWN_DEVICE) !== null;
  } catch {
    return false;
  }
}

/** @param {boolean} isOwn */
export function sayOwnDevice(isOwn) {
  try {
    if (isOwn) window.localStorage.setItem(OWN_DEVICE, "yes");
    else window.localStorage.removeItem(OWN_DEVICE);
  } catch {
    // Then it holds for this page.
  }
}
