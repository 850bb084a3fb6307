// Fetches the letter that goes with the ticked demands. What a person types stays here.

/** The fields that may be sent: the page's own tokens, and the demands. */
const SENT = ["csrfmiddlewaretoken", "token", "demands"];

/**
 * @param {HTMLFormElement} form the address to ask is its data-preview-url
 * @param {(text: string) => void} arrived takes what the address answers
 * @param {() => void} failed
 */
export function followDemands(form, arrived, failed) {
  /** @type {AbortController | null} */
  let underWay = null;

  const ask = async () => {
    underWay?.abort();
    underWay = new AbortController();
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (SENT.includes(name) && typeof value === "string") sent.append(name, value);
    }
    const response = await fetch(form.getAttribute("data-preview-url") ?? "", {
      method: "POST",
      body: sent,
      signal: underWay.signal,
    });
    if (!response.ok) throw new Error(`The preview answered ${response.status}.`);
    arrived(await response.text());
  };

  form.addEventListener("change", (event) => {
    const changed = event.target;
    if (!(changed instanceof HTMLInputElement) || changed.name !== "demands") return;
    ask().catch((error) => {
      if (error instanceof DOMException && error.name === "AbortError") return;
      failed();
    });
  });
}
