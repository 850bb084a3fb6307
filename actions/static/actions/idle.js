// Asks whether somebody is still there when nobody has touched the page for long.

/**
 * By the clock and not by timers alone: those stand still while a device sleeps.
 *
 * @param {HTMLDialogElement} dialog asks; any button in it answers
 * @param {object} patience
 * @param {number} patience.idleSeconds
 * @param {number} patience.answerSeconds
 * @param {() => boolean} [patience.isWanted] whether there is anything to clear
 * @param {() => number} [patience.touchedElsewhere] when (in milliseconds) the same was
 *   last worked on in another tab
 * @param {() => void} nobody is called once, if the question stays unanswered
 */
export function askWhenIdle(
  dialog,
  { idleSeconds, answerSeconds, isWanted = () => true, touchedElsewhere = () => 0 },
  nobody,
) {
  let touchedAt = Date.now();
  const idleFor = () => (Date.now() - touchedAt) / 1000;

  const look = () => {
    if (idleFor() < idleSeconds) return;
    touchedAt = Math.max(touchedAt, touchedElsewhere());
    const idle = idleFor();
    if (idle < idleSeconds || !isWanted()) {
      dialog.close();
    } else if (idle >= idleSeconds + answerSeconds) {
      window.clearInterval(looking);
      nobody();
    } else if (!dialog.open) {
      dialog.showModal();
    }
  };
  const looking = window.setInterval(look, 1000);

  // A device that wakes must first be asked whether it slept too long.
  const touched = () => {
    look();
    if (!dialog.open) touchedAt = Date.now();
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    window.addEventListener(kind, touched, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", look);
  // As it is answered: "close" comes later, and a look in between would ask once more.
  const answered = () => {
    touchedAt = Date.now();
  };
  dialog.addEventListener("cancel", answered);
  // Comes a frame later, by when the question may have been asked anew.
  dialog.addEventListener("close", () => {
    if (!dialog.open) answered();
  });
  for (const button of dialog.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      answered();
      dialog.close();
    });
  }
}
