// Texts to be taken along: each has a button that copies it, and is selected whole.

import { copyBy, selectOnFocus } from "./clipboard.js";

for (const control of document.querySelectorAll("[data-copies]")) copyBy(control);
for (const field of document.querySelectorAll("[data-selects]")) selectOnFocus(field);
