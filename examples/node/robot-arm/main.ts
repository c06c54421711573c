// A robot arm: transforms in a chain, meshes made in code, and the angles of its joints.
//
//   npm run examples -- robot-arm
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("robot-arm", "A robot arm", logScene, layout);
