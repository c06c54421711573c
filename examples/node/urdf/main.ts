// A crane from a URDF file: its shapes once, and its joints over time.
//
//   npm run examples -- urdf
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("urdf", "A crane", logScene, layout);
