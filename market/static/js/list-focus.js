// A list that was fetched anew keeps the keyboard's place: what had the focus has it again when it
// is still there (htmx sees to that, by id), and else the reader stands at the list's beginning.

export function mount(results) {
  document.body.addEventListener("htmx:afterSettle", () => {
    if (results.isConnected && document.activeElement === document.body) {
      results.focus({ preventScroll: true });
    }
  }, { once: true });
}
