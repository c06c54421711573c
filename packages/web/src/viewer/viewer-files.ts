// What viewers in the page do with files. A page loads it when it opens a viewer.
export { openDroppedFiles } from "./file-drops.ts";
export { openFile } from "./open-file.ts";
export { saveFromViewer } from "./save-from-viewer.ts";
