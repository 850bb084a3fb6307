// On every page: go to what is wrong first, and offer to print where there is a sheet.

/** @type {HTMLElement | null} */
const summary = document.querySelector("[data-error-summary]");
summary?.focus();

for (const button of document.querySelectorAll("button[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => window.print());
}
