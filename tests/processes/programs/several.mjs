// Several recordings in one program: `several.mjs <way> <file> <file>`.
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const [way, ...files] = process.argv.slice(2);

const WAYS = {
  async "init twice"() {
    for (const file of files) {
      const recording = rr.init("several");
      await rr.save(file);
      logRows(recording);
    }
  },
  "init twice and process.exit"() {
    for (const file of files) {
      const recording = rr.init("several");
      void rr.save(file);
      logRows(recording);
    }
    process.exit(0);
  },
  async shutdown() {
    for (const file of files) {
      const recording = new rr.RecordingStream("several");
      await recording.save(file);
      logRows(recording);
    }
    await rr.shutdown();
    // The files must be complete because of `shutdown`, not because of the end of the process.
    process.kill(process.pid, "SIGKILL");
  },
  async "closing one of them"() {
    for (const [index, file] of files.entries()) {
      const recording = new rr.RecordingStream("several");
      await recording.save(file);
      logRows(recording);
      if (index === 0) await recording.close();
    }
  },
};

await WAYS[way]();
