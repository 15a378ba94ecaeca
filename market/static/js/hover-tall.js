// A theme's tall screenshot scrolls by, slowly, while the card is looked at. It is fetched then.

import { atRest } from "./at-rest.js";

const PACE = 110; // px a second

export function mount(card) {
  const media = card.querySelector(".card-media");
  let shot = null;

  async function show() {
    shot ??= make(card, media);
    try {
      await shot.decode();
    } catch {
      return; // the still picture says enough
    }
    if (!card.matches(":hover, :focus-within")) return;
    const box = media.getBoundingClientRect();
    const travel = Math.max((box.width * card.dataset.height) / card.dataset.width - box.height, 0);
    shot.style.setProperty("--travel", `${travel}px`);
    shot.style.setProperty("--ride", `${(travel / PACE).toFixed(1)}s`);
    card.classList.add("is-riding");
  }

  atRest(card, { show, hide: () => card.classList.remove("is-riding") });
}

function make(card, media) {
  const shot = new Image(Number(card.dataset.width), Number(card.dataset.height));
  shot.className = "card-tall";
  shot.alt = "";
  shot.src = card.dataset.tall;
  media.firstElementChild.after(shot);
  return shot;
}
