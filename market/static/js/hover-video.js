// A video card plays, muted, while it is looked at. The still stays until the film really runs.

import { atRest } from "./at-rest.js";

export function mount(card) {
  let video = null;

  function show() {
    video ??= make(card);
    video.hidden = false;
    card.classList.add("is-waiting");
    video.play().catch(hide);
  }

  function hide() {
    card.classList.remove("is-playing", "is-waiting");
    if (!video) return;
    video.pause();
    video.hidden = true;
    video.currentTime = 0;
  }

  atRest(card, { show, hide });
}

function make(card) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, preload: "auto", tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("playing", () => {
    card.classList.remove("is-waiting");
    card.classList.add("is-playing");
  });
  video.addEventListener("error", () => card.classList.remove("is-waiting", "is-playing"));
  video.src = card.dataset.video;
  card.querySelector(".card-media").firstElementChild.after(video);
  return video;
}
