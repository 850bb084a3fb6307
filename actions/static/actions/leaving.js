// Where the browser keeps no draft, leaving before the button is pressed would lose what
// was typed.

/**
 * @param {HTMLFormElement} form
 * @returns {boolean} whether a field holds something else than the page came with
 */
export function isEdited(form) {
  return [...form.elements].some((field) => {
    const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
    return isText && field.value !== field.defaultValue;
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {() => boolean} isKept whether a draft holds all of it
 */
export function warnBeforeLosing(form, isKept) {
  let isSent = false;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && isEdited(form) && !isKept()) event.preventDefault();
  });
}
