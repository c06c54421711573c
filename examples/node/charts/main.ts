// A heated room: lines, points, measurements with their uncertainty, bars and states.
//
//   npm run examples -- charts
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("charts", "A heated room", logScene, layout);
