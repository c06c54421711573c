// A log with levels and fields, and a report in Markdown.
//
//   npm run examples -- text
import { Console } from "node:console";
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

// This console keeps standard output free for recordings (`--stdout`).
const console = new Console(process.stderr);
await saveScene("text", "A night of backups", (rec) => logScene(rec, console), layout);
