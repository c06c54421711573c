// Reports the URL of each module that a program loads until its first row is in a file: `start-up.mjs <file>`.
import * as modules from "node:module";
import { report } from "./lib/report.mjs";

const HOOK = `
  import { writeSync } from "node:fs";
  export function load(url, context, next) {
    writeSync(3, JSON.stringify(url) + "\\n");
    return next(url, context);
  }
`;
const reportUrl = (url, context, next) => {
  report(url);
  return next(url, context);
};
// Node 20 has only `register`, and Node 26 warns of it.
if (modules.registerHooks === undefined) modules.register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
else modules.registerHooks({ load: reportUrl });

const { RecordingStream, Scalars } = await import("@rerun-ts/node");
const recording = new RecordingStream("start");
await recording.save(process.argv[2]);
recording.log("row", new Scalars(1));
await recording.flush();
report("written");
