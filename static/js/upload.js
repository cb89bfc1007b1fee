// A large file with its progress. Without script the same form sends it, and the browser shows its own.
const MEGA = 1_000_000;

export function watchUpload() {
  const form = document.querySelector("form[data-upload]");
  if (form) form.addEventListener("submit", (event) => send(form, event));
}

function send(form, event) {
  const file = form.querySelector("input[type=file]").files[0];
  if (!file) return;
  event.preventDefault();
  const words = form.dataset;
  const told = form.querySelector("[data-upload-told]");
  const bar = told.querySelector("progress");
  const status = told.querySelector("[data-upload-status]");
  const button = form.querySelector("button[type=submit]");
  told.hidden = false;
  told.classList.remove("upload-told--bad");
  const fail = (text) => {
    button.disabled = false;
    told.classList.add("upload-told--bad");
    status.textContent = text;
  };
  if (file.size > Number(words.uploadMost)) {
    fail(words.uploadLarge);
    return;
  }
  button.disabled = true;
  let shown = -1;
  const tell = (done, all) => {
    const share = all ? Math.floor((100 * done) / all) : 0;
    bar.value = share;
    if (share === 100) {
      status.textContent = words.uploadChecking;
    } else if (Math.floor(share / 5) !== shown) {
      shown = Math.floor(share / 5);
      status.textContent = words.uploadWords
        .replace("{done}", Math.round(done / MEGA))
        .replace("{all}", Math.max(1, Math.round(all / MEGA)));
    }
  };
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (progress) => tell(progress.loaded, progress.total));
  request.addEventListener("error", () => fail(words.uploadBroken));
  request.addEventListener("load", () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {};
    }
    if (request.status === 200 && answer.url) {
      location.assign(answer.url);
      return;
    }
    fail(answer.error ?? (request.status === 413 ? words.uploadLarge : words.uploadBroken));
  });
  tell(0, file.size);
  request.send(new FormData(form));
}
