import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { PartsSink, fsStore, openParts, type ObjectStore, type PartsSinkOptions } from "@rerun-ts/storage";
import { PartsSink as PagePartsSink } from "@rerun-ts/storage/web";
import { AnyValues, RecordingStream, RerunError } from "@rerun-ts/node";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const ROW_BYTES = 100_000;
const STATIC_BYTES = 950_000;

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  // A page that Node simulates.
  vi.stubGlobal("document", Object.assign(new EventTarget(), { defaultView: new EventTarget() }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type SinkOptions = Pick<PartsSinkOptions, "onFull"> & { readonly maxSpoolBytes?: number };

const SINKS: readonly [string, (store: ObjectStore, options?: SinkOptions) => RecordingSink][] = [
  [
    "Node",
    (store, options) =>
      new PartsSink(store, { dataset: "fleet", spool: join(folder.path, randomUUID()), fsync: "never", ...options }),
  ],
  ["a page", (store, options) => new PagePartsSink(store, { dataset: "fleet", ...options })],
];

/** Random bytes: they do not become smaller. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(65_536)).slice(0, length);
}

/** A recording, with the sizes of its parts in the store. */
interface SentRecording {
  readonly store: ObjectStore;
  readonly recording: RecordingStream;
  readonly logStatics: () => void;
  readonly send: (options?: { readonly ack?: boolean }) => Promise<void>;
  readonly sizes: () => Promise<readonly number[]>;
}

/** Begins a recording with large static data, of which one part is sent in each call of `send`. */
async function recordTo(makeSink: (store: ObjectStore) => RecordingSink): Promise<SentRecording> {
  const store = fsStore(join(folder.path, randomUUID()));
  const recording = new RecordingStream("robot", { recordingId: "day", compression: "none", onWarning: () => {} });
  await recording.setSink(makeSink(store));
  const statics = Array.from({ length: STATIC_BYTES / 50_000 }, () => bytesOf(50_000));
  const logStatics = (): void => {
    for (const [index, mesh] of statics.entries())
      recording.log(`mesh/${index}`, new AnyValues({ mesh }), { static: true });
  };
  let row = 0;
  const send: SentRecording["send"] = async ({ ack = true } = {}) => {
    recording.setTime("row", row++);
    for (let at = 0; at < ROW_BYTES; at += 50_000) recording.log("rows", new AnyValues({ bytes: bytesOf(50_000) }));
    await recording.flush({ ack });
  };
  const sizes = async (): Promise<readonly number[]> => {
    const found: number[] = [];
    for await (const { size } of store.list("v1/fleet/direct/")) found.push(size);
    return found;
  };
  return { store, recording, logStatics, send, sizes };
}

describe.for(SINKS)("large static data of a recording that %s sends", ([, makeSink]) => {
  it("costs as much as 24 copies and a fifth of the rows in a day, and every reader finds it", async () => {
    const { store, recording, logStatics, send, sizes } = await recordTo(makeSink);
    logStatics();
    const rounds = 24 * 12;
    for (let round = 0; round < rounds; round++) {
      await send();
      vi.advanceTimersByTime(300_000);
    }
    await recording.close();
    const bytes = (await sizes()).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(1.2 * rounds * ROW_BYTES + 24 * STATIC_BYTES);
    // It is not only in the first part.
    expect((await sizes()).filter((size) => size > STATIC_BYTES).length).toBeGreaterThan(20);
    expect(await staticsIn(store)).toBe(STATIC_BYTES / 50_000);
  });

  it("is in a later part if the part with it was dropped", async () => {
    let isAway = true;
    const { store, recording, logStatics, send } = await recordTo((all) => {
      const create = all.create.bind(all);
      all.create = async (key, body, options) => {
        if (isAway) throw new RerunError("CONNECTION", "the store is away");
        return create(key, body, options);
      };
      return makeSink(all, { maxSpoolBytes: 8_000_000, onFull: "drop-oldest" });
    });
    for (let round = 0; round < 114; round++) {
      if (round === 30) logStatics();
      await send({ ack: false });
    }
    isAway = false;
    await recording.close();
    expect(recording.stats().droppedRows).toBeGreaterThan(0);
    expect(await staticsIn(store)).toBe(STATIC_BYTES / 50_000);
  });
});

/** The number of static chunks in all parts. */
async function staticsIn(store: ObjectStore): Promise<number> {
  await using file = await openParts(store, { dataset: "fleet", recordingId: "day" });
  expect(file.leftOut).toEqual([]);
  let statics = 0;
  for await (const { entityPath } of file.recording().chunks({ isStatic: true }))
    if (entityPath.startsWith("/mesh/")) statics++;
  return statics;
}
