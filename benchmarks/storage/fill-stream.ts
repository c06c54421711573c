// Logs chunks of points to NATS: `fill-stream <url> <chunks> <points>`. Prints "stored" when the server has them, and
// then does nothing: its end would wait for a commit. The values are random, so that a chunk is not compressed. Without
// points, a chunk has one scalar.
import { NatsSink } from "@rerun-ts/storage/nats";
import * as rr from "@rerun-ts/node";
import { DATASET } from "./make-parts.ts";

const [url = "", chunks, points] = process.argv.slice(2);
const rec = new rr.RecordingStream("benchmark", { batcher: { flushNumRows: 1 } });
// No ingester runs, so nothing is committed.
await rec.setSinks([new NatsSink(url, { dataset: DATASET, maxQueueBytes: 4e9, resendSeconds: 3600 })]);
const positions = Float32Array.from({ length: 3 * Number(points) }, () => Math.random());
for (let chunk = 0; chunk < Number(chunks); chunk++) {
  const values = positions.length === 0 ? new rr.Scalars(chunk) : new rr.Points3D(positions);
  rec.log("values", values, { time: { step: chunk } });
  if (chunk % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
}
const { complete } = await rec.flush();
if (!complete) throw new Error("the server does not take the data");
console.log("stored");
