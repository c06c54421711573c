// A taxi in Manhattan: places, streets and a route that grows.
//
//   npm run examples -- map
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("map", "A taxi in Manhattan", logScene, layout);
