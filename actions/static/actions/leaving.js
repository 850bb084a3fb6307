// Nothing is kept before the button is pressed, so leaving would lose what was typed.

/**
 * @param {HTMLFormElement} form
 * @returns {boolean} whether a field holds something else than the page came with
 */
function isEdited(form) {
  return [...form.elements].some((field) => {
    const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
    return isText && field.value !== field.defaultValue;
  });
}

/** @param {HTMLFormElement} form */
export function warnBeforeLosing(form) {
  let isSent = false;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && isEdited(form)) event.preventDefault();
  });
}
