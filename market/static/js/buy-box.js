// The purchase panel: "Add to cart" without leaving the page, the adviser in place, and what the
// panel cannot know by itself, as it is the same for everybody. Without this module the buttons
// lead to the page that asks again and holds the form, and the adviser loads this page anew.

import { person, showCartCount } from "./corner.js";

export function mount(panel) {
  const form = panel.querySelector("form");
  let busy = false; // a second click adds nothing and asks nothing
  form.addEventListener("submit", async (event) => {
    if (!event.submitter?.matches("[data-add]")) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    event.submitter.setAttribute("aria-busy", "true");
    try {
      await addToCart(panel, form);
    } catch {
      form.submit(); // the page without scripts takes over
    }
    event.submitter.removeAttribute("aria-busy");
    busy = false;
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "licence") say(panel, "");
  });
  adviseInPlace(panel);
  hideBarBeside(panel);
  person().then((known) => tellWhatIsTheirs(panel, known));
}

async function addToCart(panel, form) {
  const known = await person();
  if (!known?.csrf_token) throw new Error("no token");
  const chosen = form.querySelector("[name=licence]:checked");
  const answer = await fetch(panel.dataset.cartAdd, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": known.csrf_token },
    body: new URLSearchParams({
      item_id: panel.dataset.item,
      licence_code: chosen.value,
      shown_cents: chosen.dataset.cents,
      then: "cart",
    }),
  });
  const told = await answer.json();
  if (answer.ok) {
    showCartCount(told.cart_count);
    say(panel, panel.dataset.sayAdded, panel.dataset.cart, panel.dataset.sayCart);
  } else if (told.error) {
    if (told.total) showPrice(chosen, told);
    say(panel, told.error);
  } else {
    throw new Error(`status ${answer.status}`);
  }
}

// The page was older than the price: the next press is for what is shown now.
function showPrice(option, told) {
  option.dataset.cents = told.total_cents;
  const places = document.querySelectorAll(`[data-price-of="${CSS.escape(option.value)}"]`);
  for (const place of places) place.textContent = told.total;
}

function say(panel, words, address, label) {
  const said = panel.querySelector("[data-said]");
  said.replaceChildren(words);
  if (!address) return;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = label;
  said.append(" ", link);
}

// Who owns a licence already should know before paying for it again.
function tellWhatIsTheirs(panel, known) {
  if (known?.is_author) say(panel, panel.dataset.sayOwn);
  if (known?.is_author) for (const button of buttons(panel)) button.disabled = true;
  if (!known?.owned?.length) return;
  for (const code of known.owned) {
    const option = panel.querySelector(`[name=licence][value="${CSS.escape(code)}"]`);
    if (!option) continue;
    const badge = document.createElement("span");
    badge.className = "badge badge-good";
    badge.textContent = panel.dataset.sayYours;
    option.closest("label").querySelector(".licence-name").append(" ", badge);
  }
  say(panel, panel.dataset.sayOwned, panel.dataset.library, panel.dataset.sayLibrary);
}

function buttons(panel) {
  return [...panel.querySelectorAll(".buy-buttons button"), ...barButtons()];
}

function barButtons() {
  return document.querySelectorAll(".buy-bar button");
}

// Each answer is worked out by the server, on this very page; only the advice is taken from it.
function adviseInPlace(panel) {
  const asked = document.getElementById("adviser-form");
  if (!asked) return;
  let latest = 0;
  const show = async () => {
    const mine = ++latest;
    const address = new URL(location.pathname, location.href);
    for (const [name, value] of new FormData(asked)) if (value) address.searchParams.set(name, value);
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector("[data-advice]");
    if (mine !== latest || !told) return;
    const advised = page.querySelector("#buy [name=licence]:checked")?.value ?? "";
    const option = panel.querySelector(`[name=licence][value="${CSS.escape(advised)}"]`);
    if (option && told.querySelector(".advice")) option.checked = true;
    panel.querySelector("[data-advice]").replaceChildren(...told.childNodes);
  };
  asked.addEventListener("submit", (event) => {
    event.preventDefault();
    show().catch(() => asked.submit());
  });
  panel.querySelector("[data-adviser]").addEventListener("change", () => show().catch(() => {}));
}

// On phones the bar repeats the panel's button: not while that one can be seen.
function hideBarBeside(panel) {
  const bar = document.querySelector(".buy-bar");
  const target = panel.querySelector(".buy-buttons");
  if (!bar || !target) return;
  new IntersectionObserver(([seen]) => {
    bar.classList.toggle("is-away", seen.isIntersecting);
    bar.inert = seen.isIntersecting;
  }).observe(target);
}
