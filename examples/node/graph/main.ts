// A graph that grows: the Collatz sequences, in which even numbers are halved and odd numbers n become 3n + 1.
//
//   npm run examples -- graph
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("graph", "The numbers of Collatz", logScene, layout);
