// Beside a search, sends the form as soon as something is chosen; the button is for browsers without
// scripts, and for lists, which a choice makes a search. What the reader opened stays open when the
// form comes back with other numbers.

const opened = new Map(); // id of a part → whether it was open last

export function mount(form) {
  for (const part of form.querySelectorAll("details")) {
    const isChosen = part.querySelector("input:checked:not([value='']), [aria-current]") !== null;
    if (opened.has(part.id) && !isChosen) part.open = opened.get(part.id);
    part.addEventListener("toggle", () => opened.set(part.id, part.open));
  }
  if (form.hasAttribute("hx-boost")) form.addEventListener("change", () => form.requestSubmit());
  // What says nothing does not belong into the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}
