// Logs to a viewer that it starts: `spawn.mjs <way> <port or file>`; `rerun` is in PATH.
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, place] = process.argv.slice(2);
const onLoopback = { port: Number(place), extraArgs: ["--bind", "127.0.0.1"] };
const viewer = { ...onLoopback, headless: true };

// Without a tick, so that two runs cut their rows in the same places.
const recording = new rr.RecordingStream("spawn", { recordingId: "spawn", batcher: { flushTickMs: Infinity } });
recording.addEventListener("error", ({ error: { code, message } }) => report({ code, message }));

const WAYS = {
  async "to a file, for comparison"() {
    await recording.save(place);
    logRows(recording);
    await recording.close();
  },
  async "and closes"() {
    report(await recording.spawn(viewer));
    logRows(recording);
    await recording.close();
  },
  async "in the background, and just ends"() {
    void recording.spawn(viewer).then(report);
    logRows(recording);
  },
  async "in the background, and shuts down"() {
    rr.setGlobalRecording(recording);
    void rr.spawn(viewer).then(report);
    logRows(recording);
    await rr.shutdown();
  },
  async "without a screen"() {
    await recording.spawn(onLoopback).catch(() => {});
    report({ state: recording.state });
  },
};

await WAYS[way]();
