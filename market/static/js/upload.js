// Uploads a file as soon as it is chosen, shows how far it is, and puts the checked file into the
// page. Without this module the button sends the same form.

const LIMIT_WORDS = "The file is larger than what is allowed here.";
const LOST_WORDS = "The connection was lost. Nothing was kept; please try again.";

export function mount(form) {
  form.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.files.length > 0) {
      sendAll(form, [...event.target.files]);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form, [...form.elements.file.files]);
  });
}

async function sendAll(form, files) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  say(form, "");
  let taken = null;
  for (const file of files) {
    const answer = await sendOne(form, file);
    if (answer.error) {
      finish(form, taken, answer.error);
      return;
    }
    taken = answer;
  }
  finish(form, taken, "");
}

// The parts of the page that the taken files changed, then what was wrong with the next one.
function finish(form, taken, problem) {
  delete form.dataset.busy;
  form.querySelector("progress").hidden = true;
  form.elements.file.value = "";
  let shown = form;
  if (taken) {
    replace(document.querySelector("[data-next]"), taken.next, "[data-next]");
    const fresh = replace(form.closest("[data-role]"), taken.html, "[data-role]");
    shown = fresh.querySelector("[data-upload]");
  }
  say(shown, problem);
  shown.elements.file.focus();
}

function replace(part, html, selector) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector(selector);
  part.replaceWith(fresh);
  return fresh;
}

function sendOne(form, file) {
  const most = Number(form.dataset.maxBytes);
  if (most && file.size > most) return Promise.resolve({ error: LIMIT_WORDS });
  const progress = form.querySelector("progress");
  progress.hidden = false;
  progress.value = 0;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
    });
    // Everything is sent: from here on the server checks, which takes a moment.
    request.upload.addEventListener("load", () => progress.removeAttribute("value"));
    request.addEventListener("load", () => resolve(request.response ?? { error: LOST_WORDS }));
    request.addEventListener("error", () => resolve({ error: LOST_WORDS }));
    request.send(body);
  });
}

function say(form, problem) {
  const place = form.querySelector("[data-error]");
  place.replaceChildren();
  form.closest("[data-role]").classList.toggle("has-error", problem !== "");
  if (problem === "") return;
  const words = document.createElement("p");
  words.textContent = problem;
  place.append(words);
}
