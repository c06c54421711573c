// A video in two ways: as a file whose frames are shown at any time, and as a stream of single frames.
//
//   npm run examples -- video
import { readFileSync } from "node:fs";
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

const clip = readFileSync(new URL("../../assets/clip.mp4", import.meta.url));
await saveScene("video", "A video in two ways", (rec) => logScene(rec, clip), layout);
