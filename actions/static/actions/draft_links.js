// A draft packed into the end of a link, behind the "#" that browsers send to no server.

import { draftOf, isDraft } from "./drafts.js";

/** @typedef {import("./drafts.js").Draft} Draft */

const FRAGMENT = "#draft=";
// The server mails no longer ones (actions/draft_forms.py).
export const LONGEST = 8000;
// Stand first and last, so that mail programs leave no last sign out of the link.
const SQUEEZED = "1";
const PLAIN = "0";
// A letter with everything typed has a twentieth of that.
const MOST_BYTES = 500_000;

/**
 * @param {Draft} draft
 * @returns {Promise<string>} letters, figures, "-" and "_"
 */
export async function pack(draft) {
  const bytes = new TextEncoder().encode(JSON.stringify([draft.seat, draft.fields]));
  const squeezed = await through(bytes, () => new CompressionStream("deflate-raw"));
  const mark = squeezed ? SQUEEZED : PLAIN;
  return mark + written(squeezed ?? bytes) + mark;
}

/**
 * @param {string} packed
 * @returns {Promise<Draft | null>} null where it is cut off, spoilt, or none of ours
 */
export async function unpack(packed) {
  const [, mark, text] = /^([01])([A-Za-z0-9_-]+)\1$/.exec(packed) ?? [];
  if (!text) return null;
  try {
    const bytes = read(text);
    const whole =
      mark === PLAIN ? bytes : await through(bytes, () => new DecompressionStream("deflate-raw"));
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const [seat, fields] = JSON.parse(decoder.decode(whole ?? new Uint8Array()));
    const draft = draftOf(seat, fields);
    return isDraft(draft) ? draft : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} page where drafts are taken up again
 * @param {string} packed
 */
export function linkTo(page, packed) {
  return new URL(FRAGMENT + packed, new URL(page, window.location.href)).href;
}

/** @returns {string | null} what a link brought along, taken out of the address bar */
export function brought() {
  const { hash, pathname, search } = window.location;
  if (!hash.startsWith(FRAGMENT)) return null;
  window.history.replaceState(null, "", pathname + search);
  return hash.slice(FRAGMENT.length);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {() => GenericTransformStream} made
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null where the browser knows no such thing
 */
async function through(bytes, made) {
  /** @type {GenericTransformStream} */
  let stream;
  try {
    stream = made();
  } catch {
    return null;
  }
  const source = new Blob([bytes]).stream();
  const parts = [];
  let length = 0;
  const reader = source.pipeThrough(stream).getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
    if (length > MOST_BYTES) throw new RangeError("This is no letter.");
    parts.push(step.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** @param {Uint8Array} bytes */
function written(bytes) {
  const signs = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
function read(text) {
  const signs = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
}
