// A program that logs a line, a scene and a span to the global recording, and prints how many entities each became.
import { openRrd } from "@rerun-ts/reading";
import { exportMcap, mcapInfo } from "@rerun-ts/mcap";
import * as rr from "@rerun-ts/node";
import { rerunDestination } from "@rerun-ts/loggers/pino";
import { RerunSpanProcessor } from "@rerun-ts/opentelemetry";
import { RerunViewer } from "@rerun-ts/react";
import { logScene } from "@rerun-ts/three";
import { createElement } from "react";

const memory = new rr.MemorySink();
const rec = new rr.RecordingStream("integrations");
rr.setGlobalRecording(rec);
await rec.setSink(memory);

const IDENTITY = { elements: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
const object = { type: "Object3D", name: "child", visible: true, matrix: IDENTITY, children: [] };
const span = {
  name: "work",
  kind: 0,
  startTime: [1, 0],
  endTime: [2, 0],
  status: { code: 0 },
  attributes: {},
  events: [],
  spanContext: () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16) }),
};
const processor = new RerunSpanProcessor();
processor.onStart(span);
processor.onEnd(span);
rerunDestination().write('{"level":30,"msg":"a line"}\n');
logScene(rec, "world", { ...object, children: [object] });
await rec.flush();

const file = await openRrd(memory.toBytes());
const entities = file.recording().schema().entityPaths;
const below = (prefix) => entities.filter((path) => path.startsWith(prefix)).length;
const pieces = [];
for await (const piece of exportMcap(memory.toBytes())) pieces.push(piece);
const { messages } = await mcapInfo(Buffer.concat(pieces));
const isRendered = createElement(RerunViewer).type === RerunViewer;
console.log(
  JSON.stringify({ lines: below("/logs"), scene: below("/world"), spans: below("/traces"), messages, isRendered }),
);
await rec.close();
