// A camera that flies around some balls: its pictures, and the depths that make them a cloud.
//
//   npm run examples -- camera
import { saveScene } from "../save-scene.ts";
import { logScene } from "./scene.ts";

await saveScene("camera", "A camera and its depths", logScene);
