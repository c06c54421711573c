// Logs to a viewer that it starts: `spawn.mjs <way> <port or file>`; `rerun` is in PATH.
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, place] = process.argv.slice(2);
const onLoopback = { port: Number(place), extraArgs: ["--bind", "127.0.0.1"] };
const viewer = { ...onLoopback, headless: true };

// Without timed flushes, so that two runs split their rows into the same chunks.
const recording = new rr.RecordingStream("spawn", { recordingId: "spawn", batcher: { flushTickMs: Infinity } });
recording.addEventListener("error", ({ error: { code, message } }) => report({ code, message }));

const WAYS = {
  async "to a file, for comparison"() {
    await recording.save(place);
    logRows(recording);
    await recording.close();
  },
  async "closes the recording"() {
    report(await recording.spawn(viewer));
    logRows(recording);
    await recording.close();
  },
  async "spawns it in the background and ends"() {
    void recording.spawn(viewer).then(report);
    logRows(recording);
  },
  async "spawns it in the background and calls shutdown"() {
    rr.setGlobalRecording(recording);
    void rr.spawn(viewer).then(report);
    logRows(recording);
    await rr.shutdown();
  },
  async "without a display"() {
    await recording.spawn(onLoopback).catch(() => {});
    report({ state: recording.state });
  },
};

await WAYS[way]();
