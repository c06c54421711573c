// A graph that grows: which number follows which when even ones are halved and odd ones tripled.
//
//   npm run examples -- graph
import { saveScene } from "../save-scene.ts";
import { logScene } from "./scene.ts";

await saveScene("graph", "The numbers of Collatz", logScene);
