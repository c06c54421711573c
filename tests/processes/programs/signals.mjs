// Logs to a file, with shutdown handlers, until it receives a signal: `signals.mjs <way> <file>`.
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
const MINUTE_MS = 60_000;
const recording = new rr.RecordingStream("signals");

/** Keeps the process alive, as a server does. */
const work = setTimeout(() => {}, MINUTE_MS);

/** A sink that never accepts anything, so that closing waits for it. */
const stuck = new rr.StreamSink(new WritableStream({ write: () => new Promise(() => {}) }));

const WAYS = {
  async alone() {
    rr.installShutdownSignals();
    await recording.save(file);
  },
  async "with handlers installed twice"() {
    rr.installShutdownSignals();
    rr.installShutdownSignals();
    await recording.save(file);
  },
  async "with work to do before, and other handlers"() {
    rr.installShutdownSignals();
    rr.installShutdownSignals({
      before: async (signal) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        recording.log("drained", new rr.TextLog(signal));
      },
    });
    await recording.save(file);
  },
  async "with work to do before that fails"() {
    rr.installShutdownSignals({ before: () => Promise.reject(new Error("cannot drain")) });
    await recording.save(file);
  },
  async "with work to do before that never ends"() {
    rr.installShutdownSignals({ before: () => new Promise(() => {}), timeoutMs: 100 });
    await recording.save(file);
  },
  async "beside another listener"() {
    rr.installShutdownSignals();
    for (const signal of ["SIGTERM", "SIGINT"]) {
      process.on(signal, () => {
        report({ received: signal });
        setTimeout(() => {
          report({ state: recording.state });
          clearTimeout(work);
        }, 100);
      });
    }
    await recording.save(file);
  },
  async "with a sink that is stuck"() {
    rr.installShutdownSignals();
    await recording.setSinks([stuck, new rr.FileSink(file)]);
    let isClosing = true;
    const onFileClosed = () => {
      report("file closed");
      void recording.close().then(() => (isClosing = false));
    };
    recording.addEventListener("statechange", () => setImmediate(onFileClosed), { once: true });
    process.once("exit", () => report({ isClosing }));
  },
  async "while nobody reads standard output"() {
    rr.installShutdownSignals();
    report("ready");
    await recording.stdout();
    for (;;) logRows(recording);
  },
  async "after the handlers were removed"() {
    const remove = rr.installShutdownSignals();
    remove();
    report({ listeners: process.listenerCount("SIGTERM") + process.listenerCount("SIGINT") });
    await recording.save(file);
  },
};

await WAYS[way]();
logRows(recording);
report("ready");
