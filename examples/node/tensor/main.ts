// A tensor of three dimensions that changes: waves in a box.
//
//   npm run examples -- tensor
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("tensor", "Waves in a box", logScene, layout);
