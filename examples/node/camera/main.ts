// A camera that flies around some balls: its images, and the depths that turn them into a point cloud.
//
//   npm run examples -- camera
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("camera", "A camera and its depths", logScene, layout);
