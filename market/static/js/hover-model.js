// A model turns on its card while it is looked at. One at a time: each takes the graphics chip.

import { atRest } from "./at-rest.js";
import { modelElement } from "./model-element.js";

const REST = 350; // ms: the viewer is large, a glance does not fetch it

export function mount(card) {
  const media = card.querySelector(".card-media");
  let turning = null;

  async function show() {
    const mine = Symbol();
    turning = mine;
    card.classList.add("is-waiting");
    try {
      const model = await modelElement(card.dataset.module, card.dataset.model, {
        alt: "",
        "aria-hidden": "true",
        tabindex: "-1",
        "auto-rotate": "",
        "auto-rotate-delay": "0",
        "rotation-per-second": "40deg",
        "interaction-prompt": "none",
        "shadow-intensity": "0.6",
      });
      if (turning !== mine) return;
      const settled = () => card.classList.remove("is-waiting");
      model.addEventListener("error", settled);
      model.addEventListener("load", () => {
        settled();
        card.classList.add("is-turning");
      });
      media.firstElementChild.after(model);
    } catch {
      card.classList.remove("is-waiting"); // the still picture says enough
    }
  }

  function hide() {
    turning = null;
    card.classList.remove("is-turning", "is-waiting");
    media.querySelector("model-viewer")?.remove();
  }

  atRest(card, { show, hide, wait: REST });
}
