// Logs to standard output: `stdout.mjs <way> [<file>]`.
import { randomFillSync } from "node:crypto";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { ROWS, logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
/** Ten images of 300 kB are much more than the capacity of a pipe. */
const IMAGES = 10;
const SIDE = 316;

// Without timed flushes, so that two runs split their rows into the same chunks.
const recording = new rr.RecordingStream("stdout", { recordingId: "stdout", batcher: { flushTickMs: Infinity } });
recording.addEventListener("error", ({ sink, error: { code } }) => report({ error: { kind: sink?.kind, code } }));

const WAYS = {
  async "to a file, for comparison"() {
    await recording.save(file);
    logRows(recording);
    await recording.close();
  },
  async "closes the recording"() {
    await recording.stdout();
    logRows(recording);
    await recording.close();
  },
  async "prints beside it"() {
    const { log } = console;
    log("before the recording");
    await recording.stdout();
    const STEP = ROWS / 10;
    for (let row = 0; row < ROWS; row += STEP) {
      logRows(recording, STEP, row);
      await recording.flush();
      console.log("printed by", "a dependency");
      console.table([1]);
      log("captured before");
      process.stdout.write("raw\n");
      console._stdout.write("as winston does\n");
    }
    await recording.close();
    console.log("after the recording");
  },
  async "ends without closing"() {
    await recording.stdout();
    logMuch();
  },
  "calls process.exit"() {
    void recording.stdout();
    logMuch();
    process.exit(0);
  },
  "writes to a non-blocking pipe and calls process.exit"() {
    // Using it as a stream makes Node set the pipe to non-blocking.
    process.stdout.write("");
    void recording.stdout();
    logMuch();
    process.exit(0);
  },
  async "until the reader closes the pipe"() {
    await recording.stdout();
    while (recording.state === "open") {
      logRows(recording);
      await recording.flush().catch(({ code }) => report({ rejected: code }));
    }
    report({ state: recording.state });
    await recording.close().catch(({ code }) => report({ rejected: code }));
  },
  async "on a terminal"() {
    await recording.stdout();
    logRows(recording);
    await recording.flush();
    report({ state: recording.state, hasBacklog: recording.stats().backlogBytes > 0 });
    await recording.save(file);
  },
};

await WAYS[way]();

function logMuch() {
  logRows(recording);
  const data = randomFillSync(new Uint8Array(SIDE * SIDE * 3));
  for (let image = 0; image < IMAGES; image++)
    recording.log("image", new rr.Image({ data, width: SIDE, height: SIDE }));
}
