// Leaves a page with nothing of what was typed on it, and no way back to it.

// The campaign's page then says that it is done.
export const CLEARED = "#cleared";

/** Empties whatever could still be seen or brought back, dropped pages included. */
function clear() {
  for (const field of document.querySelectorAll("input, textarea")) {
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.value = "";
      field.defaultValue = "";
    }
  }
  for (const list of document.querySelectorAll("select")) list.selectedIndex = 0;
  for (const part of document.querySelectorAll(".sheet, template, pre")) part.remove();
}

/**
 * The page is left without an entry in the history to come back by.
 *
 * @param {string} address
 */
export function leaveFor(address) {
  clear();
  window.location.replace(address);
}

/**
 * Leaves of the page only what outlives the letter: the button that says it has gone.
 *
 * @param {Element} outlives
 */
export function clearAround(outlives) {
  const page = outlives.closest(".inner");
  outlives.remove();
  clear();
  for (const control of outlives.querySelectorAll("[form]")) control.remove();
  page?.replaceChildren(...page.querySelectorAll("h1"), outlives);
  const outlived = outlives.querySelector("[data-outlived]");
  if (!(outlived instanceof HTMLElement)) return;
  outlived.hidden = false;
  outlived.focus();
}

/** @param {string} address the campaign's page */
export function leaveCleared(address) {
  leaveFor(address + CLEARED);
}
