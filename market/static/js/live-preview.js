// Changes the width of the preview without loading it again.

const widths = document.querySelector("[data-widths]");
const frame = document.querySelector(".live-frame");

widths?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-width]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  for (const one of widths.querySelectorAll("[data-width]")) {
    one.removeAttribute("aria-current");
    frame.classList.remove(`live-${one.dataset.width}`);
  }
  link.setAttribute("aria-current", "true");
  frame.classList.add(`live-${link.dataset.width}`);
  history.replaceState(null, "", link.href);
});
