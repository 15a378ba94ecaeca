// Plays a preview; the waveform is the progress bar. One sound at a time.

const audio = new Audio();
audio.preload = "none";
let current = null;

function start(player) {
  if (current !== player) {
    stop();
    current = player;
    audio.src = player.dataset.audio;
  }
  audio.play().catch(() => player.classList.remove("is-playing"));
}

function stop() {
  audio.pause();
  if (current) show(current, 0);
}

function show(player, share) {
  const wave = player.querySelector(".audio-wave");
  wave.style.setProperty("--done", `${(share * 100).toFixed(2)}%`);
  wave.setAttribute("aria-valuenow", String(Math.round(share * 100)));
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function seek(player, share) {
  const to = () => {
    if (Number.isFinite(audio.duration)) audio.currentTime = share * audio.duration;
  };
  start(player);
  if (audio.readyState > 0) to();
  else audio.addEventListener("loadedmetadata", to, { once: true });
  show(player, share);
}

for (const name of ["play", "pause", "ended"]) {
  audio.addEventListener(name, () => {
    if (!current) return;
    const plays = !audio.paused && !audio.ended;
    const button = current.querySelector(".audio-play");
    current.classList.toggle("is-playing", plays);
    button.setAttribute("aria-label", `${plays ? "Pause" : "Play"} ${current.dataset.name}`);
    if (audio.ended) show(current, 0);
  });
}

audio.addEventListener("timeupdate", () => {
  if (!current || !audio.duration) return;
  show(current, audio.currentTime / audio.duration);
  current.querySelector("[data-time]").textContent = clock(audio.currentTime);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest(".audio-play");
  const player = button?.closest("[data-audio]");
  if (!player) return;
  if (current === player && !audio.paused) audio.pause();
  else start(player);
});

document.addEventListener("pointerdown", (event) => {
  const wave = event.target.closest(".audio-wave");
  if (!wave) return;
  const box = wave.getBoundingClientRect();
  seek(wave.closest("[data-audio]"), Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
});

document.addEventListener("keydown", (event) => {
  const wave = event.target.closest?.(".audio-wave");
  const step = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5 }[event.key];
  if (!wave || !step) return;
  event.preventDefault();
  const now = Number(wave.getAttribute("aria-valuenow"));
  seek(wave.closest("[data-audio]"), Math.min(Math.max((now + step) / 100, 0), 1));
});
