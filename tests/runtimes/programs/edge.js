// Logs the same data as `ways.js` in a worker of an edge network, in the way that a request names.
import * as rr from "@rerun-ts/web";
import { newRecording, record } from "./record.js";

const WAYS = {
  async "to memory"(rec) {
    const memory = rec.memoryRecording();
    record(rr, rec);
    await rec.close();
    return new Response(memory.drainAsBytes());
  },
  async "to a stream"(rec) {
    const stream = rec.binaryStream();
    record(rr, rec);
    await rec.flush();
    return new Response(await stream.read());
  },
  async "over gRPC-web to Rerun's server"(rec, { SERVER }) {
    return send(rec, rec.connectGrpc(SERVER));
  },
  async "over gRPC-web to a relay"(rec, { RELAY }) {
    return send(rec, rec.connectGrpc(RELAY));
  },
  async "over a WebSocket to a relay"(rec, { RELAY }) {
    return send(rec, rec.connectWebSocket(RELAY));
  },
  /** Everything is sent after the response. */
  async "over gRPC-web to a relay, in `waitUntil`"(rec, { RELAY }, context) {
    void rec.setSink(new rr.GrpcSink(RELAY));
    record(rr, rec);
    context.waitUntil(rec.close());
    return Response.json({ complete: true, droppedRows: 0 });
  },
};

/** Answers a request, which names the way. */
export function answer(request, env, context) {
  const way = new URL(request.url).searchParams.get("way");
  return WAYS[way](newRecording(rr, `workerd ${way}.`), env, context);
}

async function send(rec, connected) {
  await connected;
  record(rr, rec);
  const { complete, droppedRows } = await rec.close();
  return Response.json({ complete, droppedRows });
}
