// Tries to save to an impossible path, then to another one: `bad-place.mjs <way> <impossible> <file>`.
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, impossible, file] = process.argv.slice(2);
const recording = new rr.RecordingStream("bad-place");
recording.addEventListener("error", ({ error }) => report({ event: describe(error) }));

const WAYS = {
  async awaited() {
    logRows(recording, 500);
    await recording.save(impossible).catch((error) => report({ rejected: describe(error) }));
    logRows(recording, 500, 500);
    report({ state: recording.state });
    await recording.save(file);
  },
  "not awaited"() {
    logRows(recording, 500);
    void recording.save(impossible);
    logRows(recording, 500, 500);
    void recording.save(file);
  },
  async "with a file open"() {
    await recording.save(file);
    logRows(recording, 500);
    await recording.save(impossible).catch(() => {});
    report({ state: recording.state });
    logRows(recording, 500, 500);
  },
  "before it calls process.exit"() {
    void recording.save(impossible);
    process.exit(0);
  },
  async "among others"() {
    logRows(recording, 500);
    const sinks = [new rr.FileSink(`${file}.other`), new rr.FileSink(impossible)];
    await recording.setSinks(sinks).catch((error) => report({ rejected: describe(error) }));
    report({ state: recording.state });
    logRows(recording, 500, 500);
    await recording.save(file);
  },
};

await WAYS[way]();

function describe({ code, message }) {
  return { code, message };
}
