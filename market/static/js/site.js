// The one module that every page loads. An element names the modules that it needs:
//
//   <div data-behaviour="/static/js/gallery.js">      several are parted by blanks
//
// Each is fetched when such an element is there, and its `mount(element)` is called once for each
// element: when the page is read, and when htmx or a module of ours puts it in later.

const mounted = new WeakMap(); // element → addresses

function mountAll(root) {
  if (root.matches("[data-behaviour]")) mountOne(root);
  for (const element of root.querySelectorAll("[data-behaviour]")) mountOne(element);
}

function mountOne(element) {
  const done = mounted.get(element) ?? new Set();
  mounted.set(element, done);
  for (const address of element.dataset.behaviour.split(/\s+/).filter(Boolean)) {
    if (done.has(address)) continue;
    done.add(address);
    import(address)
      .then((behaviour) => behaviour.mount(element))
      .catch((error) => {
        done.delete(address); // the page works without; the next swap may try again
        console.error(`${address}:`, error);
      });
  }
}

mountAll(document.documentElement);

new MutationObserver((records) => {
  for (const record of records) {
    for (const node of record.addedNodes) {
      if (node instanceof Element && node.isConnected) mountAll(node);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// A picture that does not come keeps its place, and its words stand in it.
function noteBroken(image) {
  image.classList.add("is-broken");
  const [width, height] = [image.getAttribute("width"), image.getAttribute("height")];
  // A style sheet's own ratio stays; that of the attributes counts no more once nothing is drawn.
  if (width && height && getComputedStyle(image).aspectRatio.startsWith("auto")) {
    image.style.aspectRatio = `${width} / ${height}`;
  }
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) noteBroken(event.target);
}, true);
for (const image of document.images) {
  if (image.complete && image.naturalWidth === 0 && image.currentSrc) noteBroken(image);
}
