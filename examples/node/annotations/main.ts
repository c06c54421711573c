// The output of an object detector: classes of pixels, boxes and the joints of a person.
//
//   npm run examples -- annotations
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("annotations", "What a detector sees", logScene, layout);
