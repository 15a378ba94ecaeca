// Says when a film cannot be loaded, and tries again when asked to. Playing is the browser's.

export function mount(figure) {
  const video = figure.querySelector("video");
  const message = figure.querySelector(".media-message");
  video.addEventListener("error", () => (message.hidden = false));
  video.addEventListener("loadedmetadata", () => (message.hidden = true));
  message.querySelector("button").addEventListener("click", () => {
    message.hidden = true;
    video.load();
    video.play().catch(() => {});
    video.focus();
  });
}
