// Copies a text to the clipboard and says so. The button is hidden without JavaScript: the text
// beside it can be selected by hand.

export function mount(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // not allowed here: the text can still be selected
    }
    words.textContent = button.dataset.done;
    setTimeout(() => {
      words.textContent = before;
    }, 2000);
  });
}
