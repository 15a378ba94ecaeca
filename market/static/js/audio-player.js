// Plays previews; the waveform is the progress bar. One sound at a time. The player at the foot of
// the page (`#audio-dock`) shows what plays, also when the row it was started from is gone.

const SECONDS_A_STEP = 5;
const SHARE_A_PAGE = 0.1;

const audio = new Audio();
audio.preload = "none";
let track = null; // {src, name, href, path, words}
let list = []; // the tracks of the page on which it was started

const players = () => document.querySelectorAll(".audio-player[data-audio]");
const dock = () => document.getElementById("audio-dock");
const shown = () => [...players()].filter((player) => player.dataset.audio === track?.src);

export function mount(player) {
  player.querySelector(".audio-play").addEventListener("click", () => toggle(trackOf(player)));
  makeSlider(player.querySelector(".audio-wave"), () => trackOf(player));
  if (track?.src === player.dataset.audio) reflect();
}

function trackOf(player) {
  const link = player.closest(".card")?.querySelector(".card-name a");
  return {
    src: player.dataset.audio,
    name: player.dataset.name,
    href: link?.href ?? location.href,
    path: player.querySelector(".audio-wave-all").getAttribute("d"),
    seconds: Number(player.dataset.seconds) || 0,
  };
}

function toggle(wanted) {
  if (track?.src === wanted.src && !audio.paused) audio.pause();
  else play(wanted);
}

function play(wanted, share = null) {
  if (track?.src !== wanted.src) {
    const before = shown();
    track = wanted;
    audio.src = track.src;
    before.forEach(reset);
    const here = [...players()].map(trackOf);
    if (here.some((one) => one.src === track.src)) list = here;
    dress();
  } else if (audio.error) {
    audio.load();
  }
  if (share !== null) jump(share);
  audio.play().catch((error) => {
    if (error.name !== "AbortError") reflect();
  });
  reflect();
}

function jump(share) {
  const to = () => {
    audio.currentTime = Math.min(Math.max(share, 0), 1) * length();
  };
  if (audio.readyState > 0) to();
  else audio.addEventListener("loadedmetadata", to, { once: true });
}

function length() {
  return Number.isFinite(audio.duration) ? audio.duration : (track?.seconds ?? 0);
}

function step(by) {
  const at = list.findIndex((one) => one.src === track?.src);
  const next = list[at + by];
  if (at >= 0 && next) play(next);
}

function makeSlider(wave, wanted) {
  wave.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const share = (at) => {
      const box = wave.getBoundingClientRect();
      return (at.clientX - box.left) / box.width;
    };
    play(wanted(), share(event));
    wave.setPointerCapture(event.pointerId);
    const move = (at) => jump(share(at));
    wave.addEventListener("pointermove", move);
    wave.addEventListener("lostpointercapture", () => wave.removeEventListener("pointermove", move), { once: true });
  });
  wave.addEventListener("keydown", (event) => {
    const whole = length() || 1;
    const now = track?.src === wanted().src ? audio.currentTime / whole : 0;
    const share = {
      ArrowRight: now + SECONDS_A_STEP / whole,
      ArrowUp: now + SECONDS_A_STEP / whole,
      ArrowLeft: now - SECONDS_A_STEP / whole,
      ArrowDown: now - SECONDS_A_STEP / whole,
      PageUp: now + SHARE_A_PAGE,
      PageDown: now - SHARE_A_PAGE,
      Home: 0,
      End: 1 - 1 / whole,
    }[event.key];
    if (share === undefined) return;
    event.preventDefault();
    play(wanted(), Math.max(share, 0));
  });
}

// -- what is seen ------------------------------------------------------------------------------

function reset(player) {
  player.classList.remove("is-playing", "has-failed");
  draw(player, 0);
  name(player.querySelector(".audio-play"), player.dataset, player.dataset.name, false);
}

function reflect() {
  const plays = !audio.paused && !audio.ended;
  for (const player of [...shown(), ...(track && dock() ? [dock()] : [])]) {
    player.classList.toggle("is-playing", plays);
    player.classList.toggle("has-failed", Boolean(audio.error));
    name(player.querySelector(".audio-play"), player.dataset, track.name, plays);
    draw(player, length() ? audio.currentTime / length() : 0);
  }
  if (track && dock()) {
    const message = dock().querySelector(".dock-message");
    message.hidden = !audio.error;
  }
}

function name(button, words, title, plays) {
  const template = plays ? words.wordsPause : words.wordsPlay;
  button.setAttribute("aria-label", template.replace("{name}", title));
}

function draw(player, share) {
  const wave = player.querySelector(".audio-wave");
  const now = clock(share * length());
  wave.style.setProperty("--done", `${(share * 100).toFixed(2)}%`);
  wave.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  wave.setAttribute("aria-valuetext", now);
  const time = player.querySelector("[data-time]");
  time.textContent = share > 0 || player.id ? now : (player.dataset.length ?? now);
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// The dock takes the track's name, drawing and address.
function dress() {
  const place = dock();
  if (!place) return;
  if (!place.dataset.ready) prepare(place);
  place.hidden = false;
  const link = place.querySelector(".dock-name");
  link.textContent = track.name;
  link.href = track.href;
  for (const path of place.querySelectorAll("path[class^=audio-wave]")) path.setAttribute("d", track.path);
  place.querySelector("[data-length]").textContent = clock(track.seconds);
  const at = list.findIndex((one) => one.src === track.src);
  place.querySelector("[data-by='-1']").disabled = at <= 0;
  place.querySelector("[data-by='1']").disabled = at < 0 || at >= list.length - 1;
  if ("mediaSession" in navigator) {
    navigator.mediaSession.metadata = new MediaMetadata({ title: track.name });
    navigator.mediaSession.setActionHandler("previoustrack", () => step(-1));
    navigator.mediaSession.setActionHandler("nexttrack", () => step(1));
  }
}

function prepare(place) {
  place.dataset.ready = "1";
  place.querySelector(".audio-play").addEventListener("click", () => toggle(track));
  makeSlider(place.querySelector(".audio-wave"), () => track);
  for (const button of place.querySelectorAll("[data-by]")) {
    button.addEventListener("click", () => step(Number(button.dataset.by)));
  }
  const volume = place.querySelector("[data-volume]");
  volume.value = remembered();
  audio.volume = volume.value / 100;
  volume.addEventListener("input", () => {
    audio.volume = volume.value / 100;
    remember(volume.value);
  });
  place.querySelector("[data-close]").addEventListener("click", () => {
    const before = shown();
    audio.pause();
    place.hidden = true;
    before[0]?.querySelector(".audio-play").focus();
    track = null;
    before.forEach(reset);
  });
  // From here on pages are read without leaving this one, so that the sound goes on.
  import("./browse.js").then((browse) => browse.start(place)).catch(() => {});
}

function remembered() {
  try {
    return localStorage.getItem("volume") ?? "100";
  } catch {
    return "100"; // storage is switched off
  }
}

function remember(volume) {
  try {
    localStorage.setItem("volume", volume);
  } catch {
    // storage is switched off or full: the volume holds as long as the page
  }
}

for (const event of ["play", "pause", "ended", "error", "timeupdate", "durationchange"]) {
  audio.addEventListener(event, reflect);
}
