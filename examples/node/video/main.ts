// A video in two ways: as a file whose frames are shown at any time, and as a stream of single frames.
//
//   npm run examples -- video
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("video", "A video in two ways", logScene, layout);
