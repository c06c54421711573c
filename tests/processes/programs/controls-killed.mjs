// A program with a button whose handler kills it: `controls-killed.mjs <file>`. Reports where its controls are.
import { button, openControls } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const rec = new rr.RecordingStream("killed");
await rec.save(process.argv[2]);
const ui = await openControls(rec, { stop: button() }, { page: false });
ui.on("stop", () => process.kill(process.pid, "SIGKILL"));
report({ url: ui.relayUrl, token: ui.tokens.panel });
