// The code that writes MP4 files, in one file for bundlers.
export { cutMp4 } from "./cut-mp4.ts";
export { streamToMp4 } from "./stream-to-mp4.ts";
