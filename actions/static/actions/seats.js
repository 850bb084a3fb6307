// Makes the list of all seats a field that narrows it as one types: a combobox as the
// WAI-ARIA practices describe it. The list is in the page: nothing is sent while one types.

import { said } from "./words.js";

/**
 * @typedef {object} Seat
 * @property {string} code
 * @property {string} name
 * @property {string} member
 * @property {string} written all that it is found by, as it is compared
 */

/**
 * As representatives/names.py does.
 *
 * @param {string} text
 * @returns {string} small letters without accents, words apart by one space
 */
function plain(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ı", "i")
    .replaceAll("&", " and ")
    .replace(/['’‘ʼ`]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * @param {HTMLOptionElement} option
 * @returns {Seat}
 */
function seatOf(option) {
  const nation = option.closest("optgroup")?.label ?? "";
  const { also = "", member = "" } = option.dataset;
  const name = option.text;
  return { code: option.value, name, member, written: plain(`${name} ${also} ${member} ${nation}`) };
}

/**
 * @param {Seat[]} seats
 * @param {string} typed
 * @returns {Seat[]} those that fit, the ones whose name begins so first
 */
function fitting(seats, typed) {
  const sought = plain(typed);
  const words = sought.split(" ");
  const found = seats.filter((seat) => words.every((word) => seat.written.includes(word)));
  const begin = found.filter((seat) => plain(seat.name).startsWith(sought));
  return [...begin, ...found.filter((seat) => !begin.includes(seat))];
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLSelectElement} select
 * @param {Element} status what is read out
 */
function combine(input, select, status) {
  const seats = [...select.options].filter((option) => option.value).map(seatOf);
  const list = document.createElement("ul");
  list.id = "seat-options";
  list.className = "seat-options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent ?? "");
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  /** @type {Seat[]} */
  let shown = [];
  let active = -1;

  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(-1);
  };

  /** @param {number} place of the one that Return would choose */
  const mark = (place) => {
    active = place;
    for (const [at, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(at === place));
    }
    const item = list.children[place];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const draw = () => {
    shown = fitting(seats, input.value);
    list.replaceChildren(
      ...shown.map((seat, place) => {
        const item = document.createElement("li");
        item.id = `seat-option-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const member = document.createElement("span");
        member.textContent = seat.member;
        item.append(seat.name, " ", member);
        return item;
      }),
    );
    open(shown.length > 0);
    mark(-1);
    status.textContent = shown.length ? said("seats_left", { n: shown.length }) : said("no_seat");
  };

  /** @param {Seat} seat */
  const choose = (seat) => {
    select.value = seat.code;
    input.value = seat.name;
    status.textContent = "";
    open(false);
  };

  /** @param {number} step */
  const move = (step) => {
    if (list.hidden) draw();
    if (shown.length) mark((active + step + shown.length + (active < 0 && step < 0 ? 1 : 0)) % shown.length);
  };

  input.addEventListener("input", () => {
    select.value = "";
    draw();
  });
  input.addEventListener("click", () => {
    if (list.hidden && !select.value) draw();
  });
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const seat = shown[active];
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && !list.hidden && seat) choose(seat);
    else if (event.key === "Escape" && !list.hidden) open(false);
    else return;
    event.preventDefault();
  });
  // The field must keep the focus while something is pressed in the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    const seat = item && shown[[...list.children].indexOf(item)];
    if (seat) choose(seat);
  });
  input.form?.addEventListener("submit", (event) => {
    if (select.value) return;
    const found = input.value.trim() ? fitting(seats, input.value) : [];
    if (found.length === 1 && found[0]) {
      choose(found[0]);
    } else {
      event.preventDefault();
      input.focus();
      draw();
    }
  });
  // Not sent: the chosen seat is enough.
  input.removeAttribute("name");
  if (select.value) input.value = select.selectedOptions[0]?.text ?? "";
}

for (const search of document.querySelectorAll("[data-seat-search]")) {
  const input = search.querySelector("input");
  const select = search.querySelector("select");
  const status = search.querySelector("[data-seat-status]");
  if (input && select && status) {
    combine(input, select, status);
    search.querySelector("[data-seat-narrow]")?.remove();
    search.querySelector("[data-seat-list]")?.setAttribute("hidden", "");
  }
}
