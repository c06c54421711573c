// Connects and closes repeatedly, and reports the resources that remain: `grpc-connects.mjs <url> <count> <options>`.
import { setTimeout } from "node:timers/promises";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [url, count, json] = process.argv.slice(2);
const WARM_UP = 2;
const SETTLE_MS = 300;
const EVENTS = ["exit", "beforeExit", "SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection", "warning"];

const warnings = [];
process.on("warning", ({ message }) => warnings.push(message));

for (let round = 0; round < WARM_UP; round++) await connectAndClose();
const before = await whatIsThere();
for (let round = 0; round < Number(count); round++) await connectAndClose();
report({ before, after: await whatIsThere(), warnings });

async function connectAndClose() {
  const recording = new rr.RecordingStream("grpc");
  await recording.connectGrpc(url, { ...JSON.parse(json), waitForConnection: true });
  recording.log("scalar", new rr.Scalars(1));
  await recording.close();
}

/** The resources that may keep a process alive or leak: sockets, timers, ports of threads, and listeners. */
async function whatIsThere() {
  await setTimeout(SETTLE_MS);
  return {
    resources: process.getActiveResourcesInfo().toSorted(),
    listeners: EVENTS.map((name) => process.listenerCount(name)),
  };
}
