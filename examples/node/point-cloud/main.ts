// A lidar on the roof of a car: a cloud of points for each turn of its beams.
//
//   npm run examples -- point-cloud
import { saveScene } from "../save-scene.ts";
import { logScene } from "./scene.ts";

await saveScene("point-cloud", "A lidar in a street", logScene);
