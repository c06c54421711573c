// A log with levels and fields, and a report in Markdown.
//
//   npm run examples -- text
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("text", "A night of backups", logScene, layout);
