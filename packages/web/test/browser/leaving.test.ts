import { GrpcSink, RecordingStream, Scalars, WebSocketSink } from "@rerun-ts/web";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, expect, it, vi } from "vitest";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A recording whose normal requests fail; its keepalive requests reach the returned server. */
async function pageWithoutServer(): Promise<{ recording: RecordingStream; server: FetchServer; calls: () => number }> {
  const server = new FetchServer();
  let calls = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.keepalive !== true) throw new TypeError("Failed to fetch");
    calls++;
    return server.fetch(input, init);
  };
  const recording = new RecordingStream("page", {
    batcher: { flushNumRows: 0 },
    onWarning: () => {},
    onError: () => {},
  });
  cleanUps.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
  await recording.setSink(new GrpcSink(undefined, { fetch, headers: { authorization: "Bearer 1" } }));
  return { recording, server, calls: () => calls };
}

function hide(): void {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  cleanUps.push(() => void Reflect.deleteProperty(document, "visibilityState"));
  document.dispatchEvent(new Event("visibilitychange"));
}

const log = (recording: RecordingStream, path: string, count: number): void =>
  recording.log(path, new Scalars(noise(count)));

/** Sorted: a browser may take up the bodies of two requests in either order. */
const entitiesIn = (server: FetchServer): string[] =>
  readChunks(server.toRrd())
    .map(({ entityPath }) => entityPath)
    .sort();

it("GrpcSink sends pending rows when the page is hidden, each of them once", async () => {
  const { recording, server, calls } = await pageWithoutServer();
  log(recording, "a", 10);
  hide();
  hide();
  expect(calls()).toBe(1);
  log(recording, "b", 10);
  hide();
  await expect.poll(() => entitiesIn(server)).toEqual(["/a", "/b"]);
  expect(server.headers[0]?.get("authorization")).toBe("Bearer 1");
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
});

it("GrpcSink drops nothing when the page enters the back/forward cache", async () => {
  const { recording } = await pageWithoutServer();
  log(recording, "large", 20_000);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
});

it("GrpcSink drops and counts rows that do not fit when the page is terminated, and sends the rest", async () => {
  const { recording, server } = await pageWithoutServer();
  const drops: number[] = [];
  recording.addEventListener("drop", ({ rows }) => drops.push(rows));
  log(recording, "large", 20_000);
  log(recording, "small", 10);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  log(recording, "late", 10);
  hide();
  await expect.poll(() => entitiesIn(server)).toEqual(["/late", "/small"]);
  expect(drops).toEqual([1]);
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 1, queuedBytes: 0 });
});

it("all sinks of a page share the limit of keepalive requests", async () => {
  const [one, other] = [await pageWithoutServer(), await pageWithoutServer()];
  // 40 kB each, of the 60 kB that are allowed.
  log(one.recording, "one", 5000);
  log(other.recording, "other", 5000);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  await expect.poll(() => entitiesIn(one.server)).toEqual(["/one"]);
  expect(one.recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
  expect(other.recording.stats().sinks[0]).toMatchObject({ droppedRows: 1 });
  // Completed requests no longer count.
  await expect.poll(() => entitiesIn(other.server)).toEqual([]);
  log(other.recording, "again", 5000);
  hide();
  await expect.poll(() => entitiesIn(other.server)).toEqual(["/again"]);
});

it("WebSocketSink posts what a page logs in its own `pagehide` listener, beside what was pending before", async () => {
  const relay = new WebSocketRelay();
  relay.behaviour = { isAbsent: true };
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    relay.post(new Uint8Array(init?.body as Uint8Array<ArrayBuffer>));
    return new Response();
  });
  cleanUps.push(() => fetching.mockRestore());
  const recording = new RecordingStream("page", { onWarning: () => {}, onError: () => {} });
  cleanUps.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
  await recording.setSink(new WebSocketSink(undefined, { WebSocket: relay.WebSocket }));
  const controller = new AbortController();
  addEventListener("pagehide", () => log(recording, "own", 10), { signal: controller.signal });
  cleanUps.push(() => controller.abort());
  log(recording, "before", 10);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  hide();
  await expect
    .poll(() => readChunks(relay.toRrd()).map(({ entityPath }) => entityPath))
    .toEqual(expect.arrayContaining(["/before", "/own"]));
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
});
