// Logs rows to a file and ends in one of several ways: `ends.mjs <way> <file>`.
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
const recording = new rr.RecordingStream("ends", { recordingId: "ends" });

const WAYS = {
  async "closes the recording"() {
    await recording.save(file);
    logRows(recording);
    await recording.close();
  },
  async "disconnects the recording"() {
    await recording.save(file);
    logRows(recording);
    await recording.disconnect();
  },
  async "calls shutdown"() {
    await recording.save(file);
    logRows(recording);
    await rr.shutdown();
  },
  async "ends without closing"() {
    await recording.save(file);
    logRows(recording);
  },
  "ends without awaiting anything"() {
    void recording.save(file);
    logRows(recording);
  },
  "calls save last"() {
    logRows(recording);
    void recording.save(file);
  },
  async "logs in a `beforeExit` listener"() {
    await recording.save(file);
    process.once("beforeExit", () => logRows(recording));
  },
  async "throws an uncaught exception"() {
    await recording.save(file);
    logRows(recording);
    throw new Error("not caught");
  },
  async "throws in a callback"() {
    await recording.save(file);
    logRows(recording);
    setImmediate(() => {
      throw new Error("not caught");
    });
  },
  async "does not handle a rejection"() {
    await recording.save(file);
    logRows(recording);
    void Promise.reject(new Error("not caught"));
  },
  async "calls process.exit right after log"() {
    await recording.save(file);
    logRows(recording);
    process.exit(0);
  },
  "calls process.exit without awaiting anything"() {
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
  async "calls process.exit in a sink while rows are sent"() {
    let isEnding = false;
    await recording.setSinks([new rr.CallbackSink(() => isEnding && process.exit(0)), new rr.FileSink(file)]);
    logRows(recording);
    isEnding = true;
    await recording.flush();
  },
  async "calls process.exit in a sink that receives its first rows"() {
    logRows(recording);
    void recording.setSinks([new rr.CallbackSink(() => process.exit(0)), new rr.FileSink(file)]);
  },
  async "calls process.exit in a listener while rows are sent"() {
    let isEnding = false;
    const failing = new rr.CallbackSink(() => {
      if (isEnding) throw new Error("not today");
    });
    recording.addEventListener("error", () => process.exit(0));
    await recording.setSinks([failing, new rr.FileSink(file)]);
    logRows(recording);
    isEnding = true;
    await recording.flush();
  },
  async "logs in an `exit` listener"() {
    process.once("exit", () => logRows(recording));
    await recording.save(file);
  },
};

await WAYS[way]();
