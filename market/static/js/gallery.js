// Opens an item's pictures in place, with keys and buttons. Without it they open as plain files.

const gallery = document.querySelector("[data-gallery]");
const links = gallery ? [...gallery.querySelectorAll("a")] : [];
let at = 0;
let box = null;

function build() {
  box = document.createElement("dialog");
  box.className = "lightbox";
  box.setAttribute("aria-label", "Pictures");
  const picture = document.createElement("img");
  picture.alt = links[0].querySelector("img")?.alt ?? "";
  box.append(picture, control("close", "Close", "✕", () => box.close()));
  if (links.length > 1) {
    box.append(
      control("previous", "Previous picture", "‹", () => show(at - 1)),
      control("next", "Next picture", "›", () => show(at + 1)),
    );
  }
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  document.body.append(box);
}

function control(name, label, sign, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.setAttribute("aria-label", label);
  button.textContent = sign;
  button.addEventListener("click", act);
  return button;
}

function show(index) {
  at = (index + links.length) % links.length;
  box.querySelector("img").src = links[at].href;
}

for (const [index, link] of links.entries()) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (!box) build();
    show(index);
    box.showModal();
  });
}
