// A speaker's own pages: none of it is needed to hand something in.
import { watchCounts } from "../counting.js";
import { watchCrop } from "../crop.js";
import { watchUpload } from "../upload.js";

watchUpload();
watchCounts();
watchCrop();
