// Layouts in code: each kind of view in a tab of its own, with its options.
//
//   npm run examples -- layouts
import { saveScene } from "../save-scene.ts";
import { overview } from "./layouts.ts";
import { logScene } from "./scene.ts";

await saveScene("layouts", "Views and their options", logScene, overview());
