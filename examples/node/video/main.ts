// A video as a whole file, with any of its frames at any time, and as a stream, frame by frame.
//
//   npm run examples -- video
import { saveScene } from "../save-scene.ts";
import { logScene } from "./scene.ts";

await saveScene("video", "A video in two ways", logScene);
