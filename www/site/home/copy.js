// Buttons that copy a text of the page: each names the element in its data-copies, and what it did is said in the element
// `said`. Shared by Candor's own pages; it touches the page and the clipboard.

/** @param {HTMLElement} button copies the text of the element it names, or selects it where it may not copy */
const copy = async (button) => {
  const source = /** @type {HTMLElement} */ (document.getElementById(button.dataset.copies ?? ""));
  const said = /** @type {HTMLElement} */ (document.getElementById("said"));
  let word = "Copied";
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
  } catch {
    // Plain http on another host has no clipboard: leave the reader one key away.
    getSelection()?.selectAllChildren(source);
    word = "Selected";
  }
  button.textContent = word;
  said.textContent = word === "Copied" ? "Copied to the clipboard." : "Selected. Copy it with your keyboard.";
  setTimeout(() => {
    button.textContent = "Copy";
    said.textContent = "";
  }, 2000);
};

/** Makes the page's buttons do so. */
export const copies = () => {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("button[data-copies]"))) {
    button.addEventListener("click", () => copy(button));
  }
};
