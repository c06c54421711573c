import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";
import { RecordingStream, Scalars, WebSocketSink } from "@rerun-ts/web";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => void vi.restoreAllMocks());

it("a page that comes back loses nothing but what it reports as dropped, although it has posted data before", async () => {
  const relay = new WebSocketRelay();
  relay.behaviour = { isAbsent: true };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    relay.post(new Uint8Array(init?.body as Uint8Array<ArrayBuffer>));
    return new Response();
  });
  const recording = new RecordingStream("page", { batcher: { flushNumRows: 0 }, onWarning() {}, onError() {} });
  const sink = new WebSocketSink(undefined, { WebSocket: relay.WebSocket, maxQueueBytes: 60_000 });
  await recording.setSink(sink);
  const log = (from: number, to: number, length = 1): void => {
    for (let row = from; row < to; row++) {
      recording.setTime("row", row);
      recording.log("rows", new Scalars(noise(length, row).map((value, index) => row + (index === 0 ? 0 : value))));
    }
  };
  // Large rows, so that the bytes of dropped rows tell which ones they are.
  const large = 1000;
  log(0, 5, large);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  await vi.waitFor(() => expect(valuesOf(relay.toRrd(), "/rows", "Scalars:scalars")).toHaveLength(5));
  log(5, 40);
  const { droppedRows, droppedBytes } = sink.stats();
  expect(droppedRows).toBeGreaterThan(0);
  // What the relay has is neither dropped nor counted as such.
  expect(droppedBytes / droppedRows).toBeLessThan(large * 4);
  relay.behaviour = {};
  await expect(recording.flush()).resolves.toMatchObject({ complete: true });
  const arrived = valuesOf(relay.toRrd(), "/rows", "Scalars:scalars").map((row) => (row as number[])[0]);
  expect(new Set(arrived).size).toBe(arrived.length);
  expect(arrived.length + sink.stats().droppedRows).toBe(40);
  expect(arrived).toContain(39);
  await recording.close();
});
