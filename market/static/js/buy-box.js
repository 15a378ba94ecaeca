// "Add to cart" without leaving the page. Without this module both buttons lead to the page that
// asks again and holds the form.

import { person, showCartCount } from "./corner.js";

const form = document.querySelector("[data-buy-box]");
const add = form?.querySelector("[data-add]");
const said = form?.querySelector("[data-said]");

form?.addEventListener("submit", async (event) => {
  if (event.submitter !== add) return;
  event.preventDefault();
  add.setAttribute("aria-busy", "true");
  try {
    await addToCart();
  } catch {
    form.submit(); // the page without scripts takes over
  }
  add.removeAttribute("aria-busy");
});

async function addToCart() {
  const known = await person;
  if (!known?.csrf_token) throw new Error("no token");
  const chosen = form.querySelector("[name=licence]:checked");
  const body = new URLSearchParams({
    item_id: form.dataset.item,
    licence_code: chosen.value,
    shown_cents: chosen.dataset.cents,
    then: "cart",
  });
  const answer = await fetch(form.dataset.cartAdd, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": known.csrf_token },
    body,
  });
  const told = await answer.json();
  if (answer.ok) {
    showCartCount(told.cart_count);
    say("In your cart. ", form.dataset.cart, "Go to the cart");
  } else if (told.error) {
    say(told.error);
  } else {
    throw new Error(`status ${answer.status}`);
  }
}

function say(words, href, label) {
  said.replaceChildren(words);
  if (!href) return;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = label;
  said.append(link);
}

// Who owns a licence already should know before paying for it again.
person.then((known) => {
  for (const code of known?.owned ?? []) {
    const option = form?.querySelector(`[value="${CSS.escape(code)}"]`)?.closest("label");
    const badge = document.createElement("span");
    badge.className = "badge badge-good";
    badge.textContent = "Yours";
    option?.querySelector(".licence-name").append(" ", badge);
  }
});
