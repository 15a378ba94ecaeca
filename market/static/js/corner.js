// Fills the corner of a public page: who is signed in, how much is in the cart, and the token that
// forms need. One request after the page is there; without it the plain links work.

const answers = new Map(); // address → what it answered

// Resolves to {signed_in, name, cart_count, csrf_token, …}, or null where there is no corner.
export function person() {
  const corner = document.getElementById("corner");
  if (!corner) return Promise.resolve(null);
  const address = corner.dataset.url;
  if (!answers.has(address)) answers.set(address, ask(address));
  return answers.get(address);
}

async function ask(address) {
  try {
    const answer = await fetch(address, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // offline, or the server is away: the links stay as they are
  }
}

export function showCartCount(count) {
  const badge = document.querySelector("#corner [data-cart-count]");
  if (!badge) return;
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : String(count);
  badge.setAttribute("aria-label", badge.dataset.label.replace("{count}", String(count)));
}

export async function mount(corner) {
  const known = await person();
  if (!known) return;
  showCartCount(known.cart_count);
  const account = corner.querySelector("[data-account]");
  if (known.signed_in && account) {
    account.href = account.dataset.accountUrl;
    account.querySelector("[data-account-name]").textContent = known.name;
  } else if (account) {
    const here = location.pathname + location.search;
    account.href += `?next=${encodeURIComponent(here)}`;
  }
}
