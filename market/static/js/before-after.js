// Lays one picture over the other; a slider says how much of each is seen. Without it both stand
// side by side.

export function mount(compare) {
  const range = compare.querySelector("input");
  const show = () => {
    compare.style.setProperty("--split", `${range.value}%`);
    range.setAttribute("aria-valuetext", compare.dataset.words.replace("{percent}", 100 - range.value));
  };
  compare.classList.add("is-slider");
  range.hidden = false;
  range.addEventListener("input", show);
  show();
}
