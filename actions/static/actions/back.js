// The browser's own Back would ask to send the form again and lose what was typed: it
// presses the page's own button instead, which carries everything along.

/** @param {HTMLButtonElement} button the page's "Back" */
export function backBy(button) {
  /** An entry of our own to come back from; browsers skip one made before any touch. */
  const stand = () => {
    window.history.pushState({ stands: true }, "");
    window.removeEventListener("pointerdown", stand);
    window.removeEventListener("keydown", stand);
  };
  window.addEventListener("pointerdown", stand);
  window.addEventListener("keydown", stand);
  // A link to a place on this page makes an entry, too, and comes by here.
  window.addEventListener("popstate", (event) => {
    if (!event.state?.stands && window.location.hash === "") button.click();
  });
}
