// A 3D model's own element. Its module is large: whoever shows a model fetches it first.

export async function modelElement(module, source, attributes) {
  await import(module);
  await customElements.whenDefined("model-viewer");
  const element = document.createElement("model-viewer");
  element.src = source;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  // Only once it is in the page: the element sets its sheets anew when it gets there.
  element.updateComplete.then(() => adoptStyles(element));
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
