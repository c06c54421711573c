import { GrpcSink, RecordingStream, Scalars } from "@rerun-ts/web";
import { afterEach, expect, it } from "vitest";
import { FetchServer } from "../../../core/test/contract/fetch-server.ts";
import { readChunks } from "../../../core/test/contract/read-chunks.ts";

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A recording whose usual calls find nobody; what outlives the page goes to the server that is returned. */
async function leavingPage(): Promise<{ recording: RecordingStream; last: FetchServer; calls: () => number }> {
  const last = new FetchServer();
  let calls = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.keepalive !== true) throw new TypeError("Failed to fetch");
    calls++;
    return last.fetch(input, init);
  };
  const recording = new RecordingStream("page", {
    batcher: { flushNumRows: 0 },
    onWarning: () => {},
    onError: () => {},
  });
  cleanUps.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
  await recording.setSink(new GrpcSink({ fetch, headers: { authorization: "Bearer 1" } }));
  return { recording, last, calls: () => calls };
}

function hide(): void {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  cleanUps.push(() => void Reflect.deleteProperty(document, "visibilityState"));
  document.dispatchEvent(new Event("visibilitychange"));
}

const log = (recording: RecordingStream, path: string, count: number): void =>
  recording.log(path, new Scalars(Float64Array.from({ length: count }, Math.random)));

const entitiesIn = (server: FetchServer): string[] => readChunks(server.toRrd()).map(({ entityPath }) => entityPath);

it("sends what waits when the page is hidden, and each time only what has not gone yet", async () => {
  const { recording, last, calls } = await leavingPage();
  log(recording, "a", 10);
  hide();
  hide();
  expect(calls()).toBe(1);
  log(recording, "b", 10);
  hide();
  await expect.poll(() => entitiesIn(last)).toEqual(["/a", "/b"]);
  expect(last.headers[0]?.get("authorization")).toBe("Bearer 1");
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
});

it("gives nothing up for a page that may come back", async () => {
  const { recording } = await leavingPage();
  log(recording, "large", 20_000);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
});

it("counts what does not fit when the page is gone for good, and sends the rest", async () => {
  const { recording, last } = await leavingPage();
  const drops: number[] = [];
  recording.addEventListener("drop", ({ rows }) => drops.push(rows));
  log(recording, "large", 20_000);
  log(recording, "small", 10);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  log(recording, "late", 10);
  hide();
  await expect.poll(() => entitiesIn(last)).toEqual(["/small", "/late"]);
  expect(drops).toEqual([1]);
  expect(recording.stats().sinks[0]).toMatchObject({ droppedRows: 1, queuedBytes: 0 });
});

it("shares what browsers allow between all sinks of the page", async () => {
  const [one, other] = [await leavingPage(), await leavingPage()];
  // 40 kB each, of 60.
  log(one.recording, "one", 5000);
  log(other.recording, "other", 5000);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  await expect.poll(() => entitiesIn(one.last)).toEqual(["/one"]);
  expect(one.recording.stats().sinks[0]).toMatchObject({ droppedRows: 0 });
  expect(other.recording.stats().sinks[0]).toMatchObject({ droppedRows: 1 });
  // What is over does not count any more.
  await expect.poll(() => entitiesIn(other.last)).toEqual([]);
  log(other.recording, "again", 5000);
  hide();
  await expect.poll(() => entitiesIn(other.last)).toEqual(["/again"]);
});
