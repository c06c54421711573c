// A program whose clock and timers stand still, as with the fake timers of a test, and whose server is absent.
import * as rr from "@rerun-ts/node";

const [url] = process.argv.slice(2);
const rec = new rr.RecordingStream("stopped-clock", { onWarning: () => {} });
await rec.connectGrpc(url);
rec.log("row", new rr.Scalars(1));
performance.now = () => 0;
Date.now = () => 0;
globalThis.setTimeout = globalThis.setInterval = () => ({ unref() {}, ref() {} });
process.exit(7);
