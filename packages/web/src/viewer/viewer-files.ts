// The file operations of viewers in the page. A page loads them when it opens a viewer.
export { openDroppedFiles } from "./file-drops.ts";
export { openFile } from "./open-file.ts";
export { saveFromViewer } from "./save-from-viewer.ts";
