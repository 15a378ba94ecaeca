// Fills the corner of a public page: who is signed in, how much is in the cart, and the token that
// forms need. One request after the page is there; without it the plain links work.

const corner = document.getElementById("corner");

// Resolves to {signed_in, name, cart_count, csrf_token}, or null where there is no corner.
export const person = corner ? ask(corner.dataset.url) : Promise.resolve(null);

async function ask(url) {
  try {
    const answer = await fetch(url, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // offline, or the server is away: the links stay as they are
  }
}

export function showCartCount(count) {
  const badge = corner?.querySelector("[data-cart-count]");
  if (!badge) return;
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : String(count);
  badge.setAttribute("aria-label", count === 1 ? "1 item" : `${count} items`);
}

person.then((known) => {
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
});
