// The part of a portrait follows the sliders, and a finger or the mouse on the picture; saved by the same form.
export function watchCrop() {
  const frame = document.querySelector("[data-crop]");
  const picture = frame?.querySelector("[data-crop-picture]");
  if (!picture) return;
  const form = frame.closest("form");
  const [x, y, zoom] = ["x", "y", "zoom"].map((name) => form.querySelector(`[data-crop-${name}]`));
  const show = () => {
    const where = `${x.value}% ${y.value}%`;
    picture.style.objectPosition = where;
    picture.style.transformOrigin = where;
    picture.style.transform = `scale(${zoom.value / 100})`;
  };
  for (const slider of [x, y, zoom]) slider.addEventListener("input", show);

  let from = null;
  const hold = picture.parentElement;
  hold.addEventListener("pointerdown", (event) => {
    from = { px: event.clientX, py: event.clientY, x: Number(x.value), y: Number(y.value) };
    hold.setPointerCapture(event.pointerId);
  });
  hold.addEventListener("pointermove", (event) => {
    if (!from) return;
    const box = hold.getBoundingClientRect();
    const moved = (start, by, side) => Math.round(Math.min(100, Math.max(0, start - (100 * by) / side)));
    x.value = moved(from.x, event.clientX - from.px, box.width);
    y.value = moved(from.y, event.clientY - from.py, box.height);
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) hold.addEventListener(end, () => (from = null));
  form.querySelector("input[type=file]")?.addEventListener("change", (event) => {
    const chosen = event.target.files[0];
    frame.hidden = Boolean(chosen);
  });
  frame.classList.add("crop--live");
  show();
}
