// Sorts as soon as another order is chosen; the button is for browsers without scripts.

document.addEventListener("change", (event) => {
  if (event.target.closest(".sort-form")) event.target.form.requestSubmit();
});
