// Logs rows to a file and ends, in one of many ways: `ends.mjs <way> <file>`.
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
const recording = new rr.RecordingStream("ends", { recordingId: "ends" });

const WAYS = {
  async closes() {
    await recording.save(file);
    logRows(recording);
    await recording.close();
  },
  async disconnects() {
    await recording.save(file);
    logRows(recording);
    await recording.disconnect();
  },
  async "shuts everything down"() {
    await recording.save(file);
    logRows(recording);
    await rr.shutdown();
  },
  async "just ends"() {
    await recording.save(file);
    logRows(recording);
  },
  "just ends, and awaited nothing"() {
    void recording.save(file);
    logRows(recording);
  },
  "saves last and ends"() {
    logRows(recording);
    void recording.save(file);
  },
  async "logs in its last moment"() {
    await recording.save(file);
    process.once("beforeExit", () => logRows(recording));
  },
  async "throws an exception that nobody catches"() {
    await recording.save(file);
    logRows(recording);
    throw new Error("not caught");
  },
  async "throws from a callback"() {
    await recording.save(file);
    logRows(recording);
    setImmediate(() => {
      throw new Error("not caught");
    });
  },
  async "leaves a rejection alone"() {
    await recording.save(file);
    logRows(recording);
    void Promise.reject(new Error("not caught"));
  },
  async "calls process.exit right after log"() {
    await recording.save(file);
    logRows(recording);
    process.exit(0);
  },
  "calls process.exit, and awaited nothing"() {
    void recording.save(file);
    logRows(recording);
    process.exit(0);
  },
  async "calls process.exit while it closes"() {
    await recording.save(file);
    logRows(recording);
    void recording.close();
    process.exit(0);
  },
  async "logs in a listener for its end"() {
    process.once("exit", () => logRows(recording));
    await recording.save(file);
  },
};

await WAYS[way]();
