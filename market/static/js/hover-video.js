// A video card plays, muted, while it is pointed at or has the focus. Not for people who asked for
// less motion or less data.

const quiet = matchMedia("(prefers-reduced-motion: reduce)");
const saves = navigator.connection?.saveData ?? false;

function play(card) {
  if (quiet.matches || saves) return;
  let video = card.querySelector("video");
  if (!video) {
    video = document.createElement("video");
    Object.assign(video, { muted: true, loop: true, playsInline: true, preload: "auto" });
    video.setAttribute("aria-hidden", "true");
    video.tabIndex = -1;
    video.src = card.dataset.hoverVideo;
    card.querySelector(".card-media").prepend(video);
    video.addEventListener("playing", () => {
      if (!video.paused) card.querySelector(".card-media").append(video);
    }, { once: true });
  }
  video.hidden = false;
  card.classList.add("is-playing");
  video.play().catch(() => rest(card));
}

function rest(card) {
  const video = card.querySelector("video");
  card.classList.remove("is-playing");
  if (!video) return;
  video.pause();
  video.hidden = true;
  video.currentTime = 0;
}

function cardOf(event) {
  return event.target.closest?.("[data-hover-video]");
}

for (const [name, act] of [["pointerover", play], ["focusin", play]]) {
  document.addEventListener(name, (event) => {
    const card = cardOf(event);
    if (card && !card.contains(event.relatedTarget)) act(card);
  });
}
for (const name of ["pointerout", "focusout"]) {
  document.addEventListener(name, (event) => {
    const card = cardOf(event);
    if (card && !card.contains(event.relatedTarget)) rest(card);
  });
}
