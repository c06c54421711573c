import { GrpcWebSink, WebSocketSink } from "@rerun-ts/core";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { numbers } from "@rerun-ts/test-support/common/messages";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import { describe, expect, it } from "vitest";

const ROWS = 40;
/** A limit that is much smaller than the backlog. */
const limits = { maxQueueBytes: 10_000 };

const SINKS: readonly [name: string, make: () => { sink: RecordingSink; read: () => Promise<Uint8Array> }][] = [
  [
    "GrpcWebSink",
    () => {
      const server = new FetchServer();
      return { sink: new GrpcWebSink(undefined, { fetch: server.fetch, ...limits }), read: async () => server.toRrd() };
    },
  ],
  [
    "WebSocketSink",
    () => {
      const relay = new WebSocketRelay();
      return {
        sink: new WebSocketSink(undefined, { WebSocket: relay.WebSocket, ...limits }),
        read: async () => relay.toRrd(),
      };
    },
  ],
];

describe.each(SINKS)("a backlog that is larger than the queue of %s", (_name, makeSink) => {
  it("is sent completely, and the limit applies to what is logged afterwards", async () => {
    const { recording, drops } = observeRecording();
    for (let row = 0; row < ROWS; row++) recording.log("early", numbers([...noise(200, row)]));
    const { backlogBytes } = recording.stats();
    expect(backlogBytes).toBeGreaterThan(5 * limits.maxQueueBytes);
    const { sink } = makeSink();
    await recording.setSink(sink);
    expect(sink.stats().droppedRows).toBe(0);
    const flushed = await recording.flush();
    expect(flushed).toMatchObject({ complete: true, droppedRows: 0 });
    for (let row = 0; row < ROWS; row++) recording.log("late", numbers([...noise(200, row)]));
    expect(sink.stats().queuedBytes).toBeLessThanOrEqual(limits.maxQueueBytes);
    expect(drops.length).toBeGreaterThan(0);
    await recording.close();
  });
});
