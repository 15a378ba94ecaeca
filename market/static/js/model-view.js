// Turns a 3D model in the browser. The viewer is large, so it is fetched when it is asked for.

import { modelElement } from "./model-element.js";
import { sky, wireframe } from "./model-parts.js";

// The viewer tries a decoder of packed models that our content security policy refuses; the models
// that we accept need none.
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof WebAssembly.CompileError) event.preventDefault();
});

export function mount(figure) {
  const stage = figure.querySelector(".model-stage");
  const start = figure.querySelector(".model-start");
  const again = figure.querySelector(".media-message button");
  let attempt = 0;
  const run = () => show(figure, stage, start, attempt++);
  start.addEventListener("click", run);
  again.addEventListener("click", run);
}

async function show(figure, stage, start, attempt) {
  const wait = figure.querySelector(".model-wait");
  hideMessage(figure);
  start.hidden = true;
  wait.hidden = false;
  stage.querySelector("model-viewer")?.remove();
  let viewer = null;
  try {
    // The viewer remembers an address that failed; with a fragment it is another one.
    const source = figure.dataset.model + (attempt ? `#${attempt}` : "");
    viewer = await modelElement(figure.dataset.module, source, {
      alt: figure.dataset.name,
      "camera-controls": "",
      "touch-action": "pan-y",
      "shadow-intensity": "1",
      "environment-image": "neutral", // the light, whatever is behind
      "interaction-prompt": "none",
    });
  } catch {
    fail(figure, "viewer");
    return;
  }
  const bar = document.createElement("span"); // the viewer's own bar: ours is told in words too
  bar.slot = "progress-bar";
  viewer.append(bar);
  viewer.addEventListener("progress", (event) => {
    wait.querySelector("progress").value = event.detail.totalProgress;
  });
  viewer.addEventListener("error", () => fail(figure, "model"));
  viewer.addEventListener("load", () => {
    const isFirst = !stage.classList.contains("is-shown");
    wait.hidden = true;
    stage.classList.add("is-shown");
    if (!isFirst) return;
    figure.querySelector(".model-tools").hidden = false;
    viewer.focus();
  });
  stage.append(viewer);
  if (!figure.dataset.hasTools) tools(figure, stage);
}

function fail(figure, what) {
  const stage = figure.querySelector(".model-stage");
  const words = figure.querySelector(".media-message span");
  figure.querySelector(".model-wait").hidden = true;
  words.textContent = words.dataset[`words${what[0].toUpperCase()}${what.slice(1)}`];
  words.parentElement.hidden = false;
  if (what !== "wireframe") {
    stage.classList.remove("is-shown");
    stage.querySelector("model-viewer")?.remove();
  }
}

function hideMessage(figure) {
  figure.querySelector(".media-message").hidden = true;
}

function tools(figure, stage) {
  figure.dataset.hasTools = "1";
  const viewer = () => stage.querySelector("model-viewer");
  const acts = {
    wireframe: (button) => toggleWireframe(figure, viewer(), button),
    turn: (button) => {
      const turns = viewer().toggleAttribute("auto-rotate");
      button.setAttribute("aria-pressed", String(turns));
    },
    reset: () => {
      viewer().cameraOrbit = "auto auto auto";
      viewer().cameraTarget = "auto auto auto";
      viewer().fieldOfView = "auto";
      viewer().resetTurntableRotation(0);
      viewer().jumpCameraToGoal();
    },
    large: () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen()),
  };
  const large = figure.querySelector("[data-tool=large]");
  large.hidden = !document.fullscreenEnabled;
  figure.querySelector(".model-tools").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !viewer()) return;
    if (button.dataset.floor) setFloor(figure, stage, viewer(), button.dataset.floor);
    else acts[button.dataset.tool](button);
  });
}

function setFloor(figure, stage, viewer, floor) {
  for (const one of figure.querySelectorAll(".model-floors button")) {
    one.setAttribute("aria-pressed", String(one.dataset.floor === floor));
  }
  stage.dataset.floor = floor;
  viewer.skyboxImage = floor === "sky" ? sky() : null;
}

async function toggleWireframe(figure, viewer, button) {
  const isOn = button.getAttribute("aria-pressed") === "true";
  hideMessage(figure);
  button.setAttribute("aria-busy", "true");
  try {
    const { theta, phi, radius } = viewer.getCameraOrbit();
    const target = viewer.getCameraTarget();
    const src = isOn ? figure.dataset.model : await drawn(figure);
    viewer.cameraOrbit = `${theta}rad ${phi}rad ${radius}m`;
    viewer.cameraTarget = `${target.x}m ${target.y}m ${target.z}m`;
    const shown = new Promise((resolve) => viewer.addEventListener("load", resolve, { once: true }));
    viewer.src = src;
    await shown;
    button.setAttribute("aria-pressed", String(!isOn));
  } catch {
    fail(figure, "wireframe");
  }
  button.removeAttribute("aria-busy");
}

const drawings = new WeakMap(); // figure → address of its wireframe

async function drawn(figure) {
  if (!drawings.has(figure)) {
    const answer = await fetch(figure.dataset.model, { credentials: "omit" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const lines = wireframe(await answer.arrayBuffer());
    drawings.set(figure, URL.createObjectURL(new Blob([lines], { type: "model/gltf-binary" })));
  }
  return drawings.get(figure);
}
