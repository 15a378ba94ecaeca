// Opens an item's pictures large, with keys, zoom and captions. PhotoSwipe is fetched at the first
// opening; without it, or without this module, a link opens its picture.

const sheets = new Map(); // address → when it is there

export function mount(gallery) {
  const links = [...gallery.querySelectorAll("a[data-width]")];
  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      gallery.setAttribute("aria-busy", "true");
      open(gallery, links, index)
        .catch(() => location.assign(link.href))
        .finally(() => gallery.removeAttribute("aria-busy"));
    });
  }
}

async function open(gallery, links, index) {
  const words = gallery.dataset;
  const [{ default: PhotoSwipe }] = await Promise.all([
    import(words.photoswipe),
    ...words.styles.split(" ").map(sheet),
  ]);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const box = new PhotoSwipe({
    dataSource: links.map(slide),
    index,
    showHideAnimationType: still ? "none" : "zoom",
    showAnimationDuration: 180,
    hideAnimationDuration: 180,
    zoomAnimationDuration: still ? 0 : 180,
    bgOpacity: 0.94,
    paddingFn: (viewport) => ({ top: 56, bottom: 72, left: viewport.x > 700 ? 64 : 0, right: viewport.x > 700 ? 64 : 0 }),
    closeTitle: words.wordsClose,
    zoomTitle: words.wordsZoom,
    arrowPrevTitle: words.wordsPrevious,
    arrowNextTitle: words.wordsNext,
    errorMsg: words.wordsError,
  });
  box.on("uiRegister", () => box.ui.registerElement(caption(box)));
  box.on("afterInit", () => {
    box.element.setAttribute("aria-label", words.wordsLabel);
    box.element.setAttribute("aria-modal", "true");
  });
  box.on("destroy", () => links[box.currIndex]?.focus());
  box.init();
}

function slide(link) {
  const picture = link.querySelector("img");
  return {
    src: link.href,
    width: Number(link.dataset.width),
    height: Number(link.dataset.height),
    alt: link.dataset.caption || picture?.alt || link.textContent.trim(),
    msrc: picture?.currentSrc || picture?.src,
    element: link,
    words: link.dataset.caption,
  };
}

function caption(box) {
  return {
    name: "caption",
    appendTo: "root",
    onInit: (element) => {
      element.setAttribute("aria-live", "polite");
      box.on("change", () => {
        element.textContent = box.currSlide.data.words ?? "";
      });
    },
  };
}

function sheet(address) {
  if (!sheets.has(address)) {
    sheets.set(address, new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.dataset.keep = "";
      link.addEventListener("load", resolve);
      link.addEventListener("error", () => {
        sheets.delete(address);
        link.remove();
        reject(new Error(address));
      });
      document.head.append(link);
    }));
  }
  return sheets.get(address);
}
