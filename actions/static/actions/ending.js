// After a letter has gone its draft is erased, and the page can be cleared and left.

import { leaveCleared } from "./clearing.js";
import { eraseWhatHasGone, erase } from "./drafts.js";

const end = document.querySelector("[data-draft-end]");
if (end instanceof HTMLElement) {
  const slug = end.getAttribute("data-draft-end") ?? "";
  eraseWhatHasGone(slug);
  end.hidden = false;
  for (const button of end.querySelectorAll("[data-clear]")) {
    button.addEventListener("click", () => {
      erase(slug);
      leaveCleared(end.getAttribute("data-away") ?? "/");
    });
  }
}
