// Sorts as soon as another order is chosen; the button is for browsers without scripts.

export function mount(form) {
  form.addEventListener("change", () => form.requestSubmit());
  // Chosen while this module was still on its way.
  const given = [...form.elements.sort.options].find((option) => option.defaultSelected);
  if (given && !given.selected) form.requestSubmit();
}
