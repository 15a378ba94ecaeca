// Offers items, categories, tags and authors while somebody types: a combobox with a list of groups,
// after the pattern of the ARIA practices. The form itself works without, and so does Enter.

const PAUSE = 120; // milliseconds
const LEAST = 2; // characters
let count = 0;

export function mount(form) {
  const field = form.querySelector("input[type=search]");
  const list = document.createElement("div");
  count += 1;
  list.id = `suggestions-${count}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  list.hidden = true;
  form.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) field.setAttribute(name, value);

  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  form.append(said);

  const state = { form, field, list, said, timer: 0, asked: null, chosen: -1 };
  field.addEventListener("input", () => onInput(state));
  field.addEventListener("keydown", (event) => onKey(state, event));
  field.addEventListener("blur", () => setTimeout(() => close(state), 150));
  // The press must not take the focus out of the field: a click follows it.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  if (document.activeElement === field) onInput(state); // typed before this came
}

const options = (state) => [...state.list.querySelectorAll("[role=option]")];

function onInput(state) {
  clearTimeout(state.timer);
  const text = state.field.value.trim();
  if (text.length < LEAST) return close(state);
  state.timer = setTimeout(() => ask(state, text), PAUSE);
}

async function ask(state, text) {
  state.asked?.abort();
  const mine = new AbortController();
  state.asked = mine;
  try {
    const address = `${state.form.dataset.suggest}?q=${encodeURIComponent(text)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: mine.signal });
    const { groups } = answer.ok ? await answer.json() : { groups: [] };
    if (state.asked === mine && document.activeElement === state.field) show(state, groups);
  } catch {
    if (state.asked === mine) close(state); // offline, or the search is away
  }
}

function show(state, groups) {
  state.chosen = -1;
  state.field.removeAttribute("aria-activedescendant");
  state.list.replaceChildren(...groups.map((group, at) => drawGroup(state, group, at)));
  const found = options(state).length;
  state.list.hidden = found === 0;
  state.field.setAttribute("aria-expanded", String(found > 0));
  state.said.textContent = found ? state.form.dataset.found.replace("{count}", String(found)) : "";
}

function drawGroup(state, group, at) {
  const part = document.createElement("div");
  part.setAttribute("role", "group");
  const label = document.createElement("div");
  label.className = "suggestions-label";
  label.id = `${state.list.id}-g${at}`;
  label.textContent = group.label;
  part.setAttribute("aria-labelledby", label.id);
  part.append(label, ...group.options.map((one, number) => {
    const option = document.createElement("a");
    option.id = `${state.list.id}-g${at}-${number}`;
    option.className = "suggestion";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.tabIndex = -1;
    option.dir = "auto";
    option.href = one.address;
    option.textContent = one.text;
    return option;
  }));
  return part;
}

function onKey(state, event) {
  if (event.key === "Escape" && !state.list.hidden) {
    event.preventDefault();
    close(state);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(state, event);
  } else if (event.key === "Enter" && state.chosen >= 0 && !state.list.hidden) {
    event.preventDefault();
    options(state)[state.chosen].click();
  }
}

// Round and round, with the field itself as one place of the round.
function move(state, event) {
  const all = options(state);
  if (!all.length || state.list.hidden) return;
  event.preventDefault();
  const places = all.length + 1;
  const step = event.key === "ArrowDown" ? 1 : -1;
  state.chosen = ((state.chosen + 1 + step + places) % places) - 1;
  all.forEach((one, number) => one.setAttribute("aria-selected", String(number === state.chosen)));
  if (state.chosen < 0) return state.field.removeAttribute("aria-activedescendant");
  state.field.setAttribute("aria-activedescendant", all[state.chosen].id);
  all[state.chosen].scrollIntoView({ block: "nearest" });
}

function close(state) {
  clearTimeout(state.timer);
  state.asked?.abort();
  state.chosen = -1;
  state.list.hidden = true;
  state.field.setAttribute("aria-expanded", "false");
  state.field.removeAttribute("aria-activedescendant");
}
