// Draws on the sheet of paper. Whatever a person typed becomes a text node, never markup.

/** @typedef {import("./own_words.js").Segment} Segment */

/**
 * @param {string} text
 * @returns {Segment[][]} a person's own text, paragraph by paragraph
 */
export function ownParagraphs(text) {
  return text
    .split(/\n[^\S\n]*\n\s*/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => [{ text: paragraph, isOwn: true }]);
}

/**
 * @param {Segment[]} segments
 * @returns {HTMLParagraphElement}
 */
export function paragraphElement(segments) {
  const paragraph = document.createElement("p");
  for (const segment of segments) {
    if (segment.isOwn) {
      const mark = document.createElement("mark");
      mark.className = "own";
      mark.textContent = segment.text;
      paragraph.append(mark);
    } else {
      paragraph.append(segment.text);
    }
  }
  return paragraph;
}

/**
 * @param {Element} place
 * @param {string[]} lines
 */
export function writeLines(place, lines) {
  place.replaceChildren(
    ...lines.map((line) => {
      const span = document.createElement("span");
      span.className = "line";
      span.textContent = line;
      return span;
    }),
  );
}
