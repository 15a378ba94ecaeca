// What a card shows while somebody looks at it: when the mouse rests on it, or the keyboard stands
// there. Never for a finger, nor for people who asked for less motion or less data.

const REST = 120; // ms: a mouse on its way across a list starts nothing
const quiet = matchMedia("(prefers-reduced-motion: reduce)");

export function atRest(card, { show, hide, wait = REST }) {
  let timer = 0;
  const start = () => {
    if (quiet.matches || navigator.connection?.saveData) return;
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  };
  const stop = () => {
    clearTimeout(timer);
    hide();
  };
  card.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "touch") start();
  });
  card.addEventListener("pointerleave", stop);
  card.addEventListener("focusin", (event) => {
    if (event.target.matches(":focus-visible")) start();
  });
  card.addEventListener("focusout", (event) => {
    if (!card.contains(event.relatedTarget)) stop();
  });
}
