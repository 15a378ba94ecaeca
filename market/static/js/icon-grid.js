// Cuts the sheet of icons into a grid with names and a search. Without it the sheet itself is seen.

export function mount(place) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    fill(place).catch(() => giveUp(place));
  }, { rootMargin: "300px" });
  near.observe(place);
}

async function fill(place) {
  const answer = await fetch(place.dataset.names, { credentials: "omit" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const cells = (await answer.json()).map((name, index) => cell(place.dataset, name, index));
  const list = document.createElement("ul");
  list.className = "icon-grid";
  list.append(...cells.map((one) => one.element));
  const box = place.querySelector(".icon-box");
  box.style.setProperty("--sheet", `url(${JSON.stringify(place.dataset.sheet)})`);
  box.replaceChildren(list);
  place.querySelector(".icon-search").classList.remove("is-waiting");
  search(place, cells);
}

function cell({ columns, cell: side }, name, index) {
  const element = document.createElement("li");
  const icon = document.createElement("span");
  icon.className = "icon-one";
  icon.style.setProperty("--column", index % columns);
  icon.style.setProperty("--row", Math.floor(index / columns));
  icon.style.setProperty("--columns", columns);
  icon.style.setProperty("--side", `${side}px`);
  const words = document.createElement("bdi");
  words.textContent = name;
  element.append(icon, words);
  return { element, name: name.toLowerCase() };
}

function search(place, cells) {
  const input = place.querySelector(".icon-search input");
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/[\s_-]+/).filter(Boolean);
    let found = 0;
    for (const { element, name } of cells) {
      const fits = wanted.every((word) => name.includes(word));
      element.hidden = !fits;
      found += fits ? 1 : 0;
    }
    const words = found ? place.dataset.wordsFound : place.dataset.wordsNone;
    say(place, wanted.length ? words.replace("{count}", found) : "");
  });
}

// The words stand where the search would have been, and in its height.
function giveUp(place) {
  const search = place.querySelector(".icon-search");
  search.style.minHeight = `${search.offsetHeight}px`;
  search.classList.replace("is-waiting", "has-failed");
  say(place, place.dataset.wordsError);
}

function say(place, words) {
  const search = place.querySelector(".icon-search");
  search.querySelector("[role=status]").textContent = words;
}
