// For whoever could be harmed: the whole letter is made in this page, and nothing that is
// typed leaves it. Nothing is kept in the browser either.

import { nextStep, reason } from "./answers.js";
import { leaveFor } from "./clearing.js";
import { copyBy, selectOnFocus } from "./clipboard.js";
import { followDemands } from "./demands.js";
import { askWhenIdle } from "./idle.js";
import { meterOn } from "./meter.js";
import { measure } from "./own_words.js";
import { drawSender } from "./sender.js";
import { paragraphElement } from "./sheet.js";
import { composed, noteLeft, wholeLetter } from "./whole.js";
import { said } from "./words.js";

const TOO_MANY = 429;

/**
 * @template {Element} Kind
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind} what the page is known to hold
 */
function found(selector, kind) {
  const element = document.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`There is no ${selector} on this page.`);
  return element;
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

/**
 * @param {string} id
 * @returns {string} the text that the page came with
 */
function texted(id) {
  return found(`template#${id}`, HTMLTemplateElement).content.textContent ?? "";
}

/**
 * The way from the questions to the finished letter, within the page.
 *
 * @param {HTMLFormElement} questions
 */
function write(questions) {
  const letter = found("form[data-letter]", HTMLFormElement);
  const finished = found("[data-finished]", HTMLElement);
  const title = found("[data-finished-title]", HTMLElement);
  const subject = found("form[data-letter] [name=subject]", HTMLInputElement);
  const body = found("form[data-letter] [name=body]", HTMLTextAreaElement);
  const whole = found("#whole", HTMLTextAreaElement);
  const sheet = found(".sheet", HTMLElement);
  const sheetText = found("[data-sheet-text]", HTMLElement);
  const status = found("[data-preview-status]", HTMLElement);
  const about = document.querySelector("#about");
  const meter = document.querySelector("[data-meter]");
  const showMeasure = meter ? meterOn(meter, () => nextStep(questions)) : () => {};
  const prompt = questions.getAttribute("data-prompt") ?? "";
  const note = found("[data-the-note]", HTMLElement);
  let proposals = { withPrompt: texted("with-prompt"), withoutReason: texted("without-reason") };
  let madeOfAnswers = "";
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = questions.querySelectorAll("input[name=demands]");
  const ticks = () => [...boxes].filter((box) => box.checked).map((box) => box.value);
  // Those that the letter asks for: the ticks may be ahead of it.
  let ticked = ticks();

  const made = () => composed(proposals, prompt, reason(questions));

  const drawQuestions = () => {
    drawSender(questions);
    const isBegun = reason(questions) !== "";
    // Where nothing is answered yet, the sheet shows where the words will stand.
    const drawn = isBegun ? made() : composed(proposals, prompt, prompt);
    const shown = measure(drawn.base, drawn.body);
    sheetText.replaceChildren(...shown.segments.map(paragraphElement));
    for (const paragraph of sheetText.children) {
      const isPrompt = !isBegun && paragraph.textContent === prompt;
      paragraph.classList.toggle("prompt", isPrompt);
    }
    showMeasure(measure(drawn.base, isBegun ? drawn.body : drawn.base));
  };

  const drawLetter = () => {
    drawSender(questions);
    for (const place of document.querySelectorAll("[data-sheet-subject]")) {
      place.textContent = subject.value;
    }
    const { base } = made();
    note.textContent = noteLeft(body.value, base);
    show("[data-note-left]", note.textContent !== "");
    const shown = measure(base, body.value);
    sheetText.replaceChildren(...shown.segments.map(paragraphElement));
    whole.value = wholeLetter(sheet, questions, body.value);
    if (about instanceof HTMLInputElement) about.value = subject.value;
  };

  const draw = () => (finished.hidden ? drawQuestions() : drawLetter());

  const makeAfresh = () => {
    madeOfAnswers = made().body;
    body.value = madeOfAnswers;
    show("[data-kept-edits]", false);
    drawLetter();
  };

  const finish = () => {
    const isAsking = ticks().length > 0;
    show("[data-no-demands]", !isAsking);
    if (!isAsking) {
      boxes[0]?.focus();
      return;
    }
    const isEdited = body.value !== "" && body.value !== madeOfAnswers;
    questions.hidden = true;
    finished.hidden = false;
    if (isEdited) show("[data-kept-edits]", made().body !== madeOfAnswers);
    else makeAfresh();
    drawLetter();
    title.focus();
  };

  const backToQuestions = () => {
    finished.hidden = true;
    questions.hidden = false;
    drawQuestions();
    questions.querySelector("textarea")?.focus();
  };

  // First of all: from here on the form is never sent, whatever else may fail.
  questions.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
  letter.addEventListener("submit", (event) => event.preventDefault());
  questions.addEventListener("input", (event) => {
    const changed = event.target;
    if (changed instanceof HTMLInputElement && changed.name === "demands") {
      show("[data-no-demands]", false);
    } else {
      drawQuestions();
    }
  });
  followDemands(
    questions,
    (text) => {
      const fresh = JSON.parse(text);
      proposals = { withPrompt: fresh.with_prompt, withoutReason: fresh.without_reason };
      ticked = ticks();
      status.textContent = said("letter_follows");
      // It may arrive when the letter is already being read through.
      if (finished.hidden) drawQuestions();
      else if (body.value === madeOfAnswers) makeAfresh();
      else show("[data-kept-edits]", true);
    },
    () => {
      for (const box of boxes) box.checked = ticked.includes(box.value);
      status.textContent = said("letter_offline");
    },
  );
  letter.addEventListener("input", drawLetter);
  found("[data-afresh]", HTMLElement).addEventListener("click", makeAfresh);
  found("[data-to-questions]", HTMLElement).addEventListener("click", backToQuestions);
  window.addEventListener("pageshow", draw);
}

/**
 * Counts the letter, then goes to the last page without leaving this one behind.
 *
 * @param {HTMLFormElement} report
 */
function reportBy(report) {
  report.addEventListener("submit", async (event) => {
    event.preventDefault();
    show("[data-not-counted], [data-too-many]", false);
    const token = found("[data-report] [name=report]", HTMLInputElement).value;
    try {
      const sent = new URLSearchParams({ report: token });
      const response = await fetch(report.action, { method: "POST", body: sent });
      if (response.status === TOO_MANY) {
        show("[data-too-many]", true);
        return;
      }
      if (!response.ok) throw new Error(`It answered ${response.status}.`);
      leaveFor(response.url);
    } catch {
      show("[data-not-counted]", true);
    }
  });
}

const page = document.querySelector("[data-quiet]");
const questions = document.querySelector("form[data-questions]");
const report = document.querySelector("form[data-report]");
const dialog = document.querySelector("dialog[data-still-there]");

for (const link of document.querySelectorAll("a[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leaveFor(link.getAttribute("href") ?? "/");
  });
}
if (questions instanceof HTMLFormElement) write(questions);
if (report instanceof HTMLFormElement) reportBy(report);
for (const control of document.querySelectorAll("[data-copies]")) copyBy(control);
for (const field of document.querySelectorAll("[data-selects]")) selectOnFocus(field);
if (page && dialog instanceof HTMLDialogElement) {
  const away = page.getAttribute("data-away") ?? "/";
  const patience = {
    idleSeconds: Number(page.getAttribute("data-idle-seconds")),
    answerSeconds: Number(page.getAttribute("data-answer-seconds")),
  };
  askWhenIdle(dialog, patience, () => leaveFor(away));
  for (const button of document.querySelectorAll("[data-clear]")) {
    button.addEventListener("click", () => leaveFor(away));
  }
}
// Only now, as the page promises what all of this does.
show("[data-by-script]", true);
show("[data-by-server]", false);
