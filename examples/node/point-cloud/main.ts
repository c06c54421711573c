// A lidar on the roof of a car: one point cloud per turn of its beams.
//
//   npm run examples -- point-cloud
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("point-cloud", "A lidar in a street", logScene, layout);
