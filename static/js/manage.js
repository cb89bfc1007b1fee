// The organizer's pages: small updates, dialogs, toasts, chosen rows. All of it works without script too.
import htmx from "htmx.org/dist/htmx.esm.js";
import { watchChoices } from "./manage/choices.js";
import { watchDialogs } from "./manage/dialogs.js";
import { watchSorting } from "./manage/sorting.js";
import { watchInserting } from "./manage/inserting.js";
import { watchToasts } from "./manage/toasts.js";
import { watchCounts } from "./counting.js";
import { watchCrop } from "./crop.js";
import { watchQuestions } from "./questions.js";
import { watchUpload } from "./upload.js";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
});

watchDialogs();
watchToasts();
watchChoices();
watchQuestions();
watchSorting();
watchInserting();
watchCounts();
watchCrop();
watchUpload();
