const SHOWN = 6000;

/** A toast leaves after six seconds, but not while it is pointed at or holds the focus. */
function dismissLater(toast) {
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), SHOWN);
  };
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

/** Watches the toasts of the page and those that htmx brings (hx-swap-oob into #toasts). */
export function watchToasts() {
  const place = document.getElementById("toasts");
  if (!place) return;
  place.querySelectorAll(".toast").forEach(dismissLater);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof HTMLElement && node.matches(".toast")) dismissLater(node);
      }
    }
  }).observe(place, { childList: true });
}
