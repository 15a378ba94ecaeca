// The preview's width without loading it again, the whole screen, and a word when it does not load.

const PATIENCE = 8000; // milliseconds

export function mount(stage) {
  const frame = stage.querySelector("iframe");
  const message = stage.querySelector(".live-message");
  const bar = document.querySelector(".live-bar");
  let isThere = false;

  const wait = ({ isLoaded = false } = {}) => {
    isThere = isLoaded;
    stage.classList.toggle("is-waiting", !isLoaded);
    message.hidden = true;
    setTimeout(() => isThere || fail(), Number(stage.dataset.patience) || PATIENCE);
    // A frame "loads" an error page too; the same address, asked for openly, tells.
    fetch(frame.src, { method: "HEAD", credentials: "omit" })
      .then((answer) => answer.ok || fail())
      .catch(fail);
  };
  const fail = () => {
    stage.classList.remove("is-waiting");
    message.hidden = false;
  };
  frame.addEventListener("load", () => {
    isThere = true;
    stage.classList.remove("is-waiting");
  });
  message.querySelector("button").addEventListener("click", () => {
    frame.src = frame.src;
    wait();
    frame.focus();
  });
  // A complete document has its frame, with the preview or with an error.
  wait({ isLoaded: document.readyState === "complete" });

  bar.querySelector("[data-widths]").addEventListener("click", (event) => {
    const link = event.target.closest("[data-width]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(bar, frame, link);
  });
  const large = bar.querySelector("[data-large]");
  large.hidden = !document.fullscreenEnabled;
  large.addEventListener("click", () => stage.requestFullscreen().catch(() => {}));
}

function choose(bar, frame, link) {
  for (const one of bar.querySelectorAll("[data-width]")) {
    one.removeAttribute("aria-current");
    frame.classList.remove(`live-${one.dataset.width}`);
  }
  link.setAttribute("aria-current", "true");
  frame.classList.add(`live-${link.dataset.width}`);
  history.replaceState(null, "", link.href);
}
