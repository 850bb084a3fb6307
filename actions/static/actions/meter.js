// The own-words meter: the bar moves at once, the sentence is spoken when typing pauses.

import { said } from "./words.js";

/** @typedef {import("./own_words.js").Measure} Measure */

const PAUSE_MILLISECONDS = 1200;

/**
 * @param {Element} meter the element drawn by components/meter.html
 * @param {() => string} nextStep what would help most now; "" where nothing is wanting
 * @returns {(measure: Measure) => void} shows a measure
 */
export function meterOn(meter, nextStep = () => meter.getAttribute("data-next") ?? "") {
  const bar = meter.querySelector("[data-meter-bar]");
  const percent = meter.querySelector("[data-meter-percent]");
  const words = meter.querySelector("[data-meter-words]");
  const hint = meter.querySelector("[data-meter-hint]");
  const spoken = meter.querySelector("[data-meter-spoken]");
  const hints = [...meter.querySelectorAll("[data-hint-from]")];
  let waiting = 0;

  const enough = Number(meter.getAttribute("data-enough"));
  const nextWords = meter.getAttribute("data-next-words") ?? "";

  /** @param {number} share */
  const hintFor = (share) => {
    const stage = hints.findLast((one) => Number(one.getAttribute("data-hint-from")) <= share);
    const words = stage?.textContent ?? "";
    const step = share < enough ? nextStep() : "";
    return step === "" ? words : `${words} ${nextWords.replace("{step}", () => step)}`;
  };

  return (measure) => {
    const values = { percent: measure.percent, n: measure.words };
    bar?.setAttribute("width", String(measure.percent));
    if (percent) percent.textContent = said("percent", values);
    if (words) words.textContent = said("word_count", values);
    if (hint && hints.length > 0) hint.textContent = hintFor(measure.percent);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const told = `${said("measure", values)} ${hint?.textContent ?? ""}`;
      if (spoken && spoken.textContent !== told) spoken.textContent = told;
    }, PAUSE_MILLISECONDS);
  };
}
