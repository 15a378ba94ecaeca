// Puts Stripe's fields into the form and has Stripe confirm the payment. Whatever comes of it, the
// buyer is sent back to the order's page, where the server asks Stripe itself.

const WAIT_MILLISECONDS = 15_000;

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    setTimeout(reject, WAIT_MILLISECONDS);
    document.head.append(script);
  });
}

function looks() {
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  return { theme: "stripe", variables: { colorPrimary: accent } };
}

export async function mount(form) {
  try {
    await load(form.dataset.script);
  } catch {
    document.querySelector("[data-away]").hidden = false;
    return;
  }
  const { key, secret, language } = form.dataset;
  const stripe = window.Stripe(key, { locale: language });
  const elements = stripe.elements({ clientSecret: secret, appearance: looks() });
  form.hidden = false;
  elements.create("payment").mount(form.querySelector("[data-fields]"));
  form.querySelector("button").disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pay(form, stripe, elements);
  });
}

async function pay(form, stripe, elements) {
  const button = form.querySelector("button");
  const words = button.querySelector("[data-words]");
  const failure = form.querySelector("[data-failure]");
  const before = words.textContent;
  button.disabled = true;
  words.textContent = words.dataset.busy;
  failure.hidden = true;
  // It returns only when there is something to put right; else the browser leaves the page.
  const { error } = await stripe.confirmPayment({
    elements,
    confirmParams: { return_url: form.dataset.return },
  });
  words.textContent = before;
  button.disabled = false;
  if (error.type !== "card_error" && error.type !== "validation_error") {
    window.location.assign(form.dataset.return);
    return;
  }
  if (error.type === "card_error") {
    // Our own words for it: the page asks Stripe why.
    window.location.reload();
    return;
  }
  failure.textContent = error.message;
  failure.hidden = false;
}
