// Logs 100 rows in one way, and prints whether all of them were stored: way.js WAY TARGET
import * as rr from "@rerun-ts/node";

const [way, target] = globalThis.Deno?.args ?? process.argv.slice(2);
const rec = new rr.RecordingStream("way", { recordingId: way });
const memory = new rr.MemorySink();
const open = {
  memory: () => rec.setSink(memory),
  save: () => rec.save(target),
  saveParts: () => rec.saveParts(target),
  connectGrpc: () => rec.connectGrpc(target),
  connectWebSocket: () => rec.connectWebSocket(target),
  spool: () => rec.setSink(rr.spool(new rr.GrpcSink(target), { directory: `${way}-folder` })),
  serveGrpc: () => rec.serveGrpc({ port: 0 }),
};
await open[way]();
for (let row = 0; row < 100; row++) rec.log("rows", new rr.Scalars(row));
const { complete } = await rec.flush();
const { droppedRows } = await rec.close();
console.log(JSON.stringify({ way, complete, droppedRows }));
