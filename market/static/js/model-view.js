// Turns a 3D model in the browser. The viewer is large, so it is fetched when it is asked for.

const frame = document.querySelector("[data-model][data-module]");
const button = frame?.querySelector(".model-start");

button?.addEventListener("click", async () => {
  button.setAttribute("aria-busy", "true");
  try {
    await import(frame.dataset.module);
    await customElements.whenDefined("model-viewer");
    frame.append(viewer());
    button.remove();
  } catch {
    button.removeAttribute("aria-busy");
    button.textContent = "The viewer did not load. Try again";
  }
});

function viewer() {
  const element = document.createElement("model-viewer");
  element.src = frame.dataset.model;
  element.alt = frame.dataset.name;
  element.setAttribute("camera-controls", "");
  element.setAttribute("touch-action", "pan-y");
  element.setAttribute("shadow-intensity", "1");
  element.setAttribute("interaction-prompt", "none");
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    element.setAttribute("auto-rotate", "");
  }
  adoptStyles(element);
  return element;
}

// Its inner <style> elements are refused by our content security policy; the same text as an
// adopted style sheet is not inline style.
function adoptStyles(element) {
  const root = element.shadowRoot;
  if (!root) return;
  const text = [...root.querySelectorAll("style")].map((style) => style.textContent).join("\n");
  if (!text) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
