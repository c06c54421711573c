import { RecordingStream, RerunError, type EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { Scalars, TextLog } from "@rerun-ts/types";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { decodeCommit, type Commit, type CommittedPart } from "../../../dist/commits/commit.js";
import { CommitLog } from "../../../dist/ingest/commit-log.js";
import { Ingester, type IngesterSettings } from "../../../dist/ingest/ingester.js";
import { encodePack } from "../../../dist/nats/pack.js";
import { ingesterSettings } from "../../ingester-settings.ts";
import { FakeStore } from "./fake-store.ts";
import { FakeStream } from "./fake-stream.ts";

const RUN = "00000000000000aa";

/** The messages of some rows, with a static text in the first chunk. */
function messagesOf(recordingId: string, rows: number): readonly EncodedMessage[] {
  const recording = new RecordingStream("fleet", { recordingId, batcher: { flushNumRows: 0 } });
  const memory = recording.memoryRecording();
  recording.log("note", new TextLog("static"), { static: true });
  for (let row = 0; row < rows; row++) {
    recording.setTime("row", row);
    recording.log("rows", new Scalars(row));
  }
  return readEncodedMessages(memory.drainAsBytes()).filter(({ kind }) => kind !== "storeInfo");
}

/** As many messages as {@link messagesOf} makes of one row, with more than a small part has. */
function largeMessages(): readonly EncodedMessage[] {
  const messages = messagesOf("large", 1);
  return messages.map((message) => ({ ...message, payload: new Uint8Array(300_000) }));
}

const ROWS = messagesOf("one", 6).filter(({ manifest }) => manifest?.entityPath === "/rows");

/** A pack with the rows from `first` to `last`, counted from 1. */
function packOf(first: number, last: number, run = RUN): Uint8Array<ArrayBuffer> {
  const messages = ROWS.slice(first - 1, last);
  const { storeId } = messages[0] as EncodedMessage;
  return encodePack({ run, number: first, count: messages.length, storeId, storeInfo: undefined, messages });
}

function ingesterOf(
  objects: FakeStore,
  stream: FakeStream,
  changes: Partial<IngesterSettings> = {},
): { ingester: Ingester; commits: Commit[]; warnings: string[]; finish: () => Promise<void> } {
  const commits: Commit[] = [];
  const warnings: string[] = [];
  const events = {
    onWarning: (text: string) => void warnings.push(text),
    onCommit: (commit: Commit) => void commits.push(commit),
  };
  const ingester = new Ingester({ ...ingesterSettings(objects.store, stream, events), ...changes });
  const running = ingester.run();
  onTestFinished(async () => {
    ingester.abort();
    stream.end();
    await running;
  });
  const finish = async (): Promise<void> => {
    ingester.finish();
    stream.end();
    await running;
  };
  return { ingester, commits, warnings, finish };
}

/** The rows of all parts that commits name, as often as they are there. */
function storedRows(objects: FakeStore): number {
  let rows = 0;
  for (const [key, bytes] of objects.objects) {
    if (!key.includes("/log/")) continue;
    for (const { key: own, bytes: size, bundle = { key: own, offset: 0 } } of decodeCommit(bytes, key).parts) {
      const object = objects.objects.get(bundle.key) ?? new Uint8Array(0);
      for (const { manifest } of readEncodedMessages(object.subarray(bundle.offset, bundle.offset + size)))
        if (manifest?.entityPath === "/rows") rows += manifest.rows;
    }
  }
  return rows;
}

describe("an ingester of a partition", () => {
  it("commits what it has gathered when it finishes, and announces it only then", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { commits, finish } = ingesterOf(objects, stream);
    stream.push(packOf(1, 2), packOf(3, 4));
    await expect.poll(() => stream.handled).toBe(2);
    expect([commits, stream.announced]).toEqual([[], []]);
    await finish();
    expect(commits).toMatchObject([{ packs: { [RUN]: [1, 4] }, last: 2, stream: "first" }]);
    expect(stream.announced.at(-1)).toEqual([RUN, [1, 4]]);
    expect(storedRows(objects)).toBe(4);
  });

  it("commits as soon as the limit of bytes is reached, or a producer asks", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { commits } = ingesterOf(objects, stream, { maxBytes: packOf(1, 2).byteLength });
    stream.push(packOf(1, 2));
    await expect.poll(() => commits.length).toBe(1);
    const other = ingesterOf(new FakeStore(), stream);
    await expect.poll(() => stream.handled).toBe(2);
    expect(other.commits).toEqual([]);
    stream.ask(RUN);
    await expect.poll(() => other.commits.length).toBe(1);
  });

  it("commits several small recordings in its turn, so that all partitions together make few objects", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const small = messagesOf("small", 1);
    const { storeId } = small[0] as EncodedMessage;
    const other = { run: "00000000000000cc", number: 1, count: small.length, storeId, storeInfo: undefined };
    for (const [packs, waitMs] of [
      [[packOf(1, 2)], 60_000],
      [[packOf(1, 2), encodePack({ ...other, messages: small })], 83_999],
      [[packOf(1, 2), encodePack({ ...other, messages: largeMessages() })], 60_000],
    ] as const) {
      const stream = new FakeStream();
      // Just behind a turn.
      await vi.advanceTimersByTimeAsync(84_001 - (performance.now() % 84_000));
      const { commits } = ingesterOf(new FakeStore(), stream, { maxMs: 60_000 });
      stream.push(...packs);
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect([stream.handled, commits.length]).toEqual([packs.length, 0]);
      await vi.advanceTimersByTimeAsync(1);
      expect(commits).toHaveLength(1);
    }
  });

  it("lets all who ask share a commit at intervals, so that many pages that flush make few objects", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const objectsIn: number[] = [];
    for (const ackSeconds of [undefined, 80]) {
      const [objects, stream] = [new FakeStore(), new FakeStream()];
      const { commits } = ingesterOf(objects, stream, { ackSeconds });
      // 2,000 pages a minute are 31 in each of 64 partitions. Each asks every two seconds until its data is stored.
      for (let page = 1; page <= 124; page++) {
        const messages = messagesOf(`page ${page}`, 1);
        const { storeId } = messages[0] as EncodedMessage;
        const run = page.toString(16).padStart(16, "0");
        stream.push(encodePack({ run, number: 1, count: messages.length, storeId, storeInfo: undefined, messages }));
        await vi.advanceTimersByTimeAsync(10);
        const stored = new Set(stream.announced.map(([known]) => known));
        for (let asking = 1; asking <= page; asking++) {
          const other = asking.toString(16).padStart(16, "0");
          if (!stored.has(other)) stream.ask(other);
        }
        await vi.advanceTimersByTimeAsync(1925);
      }
      // What was acknowledged is in a commit.
      const committed = new Set(commits.flatMap(({ packs }) => Object.keys(packs)));
      expect(stream.announced.map(([run]) => run).filter((run) => !committed.has(run))).toEqual([]);
      expect(committed.size).toBeGreaterThan(124 - 80 / 1.9);
      objectsIn.push(objects.objects.size);
    }
    // In four minutes: a commit and its bundle in 80 seconds, and not for each page.
    expect(objectsIn[0]).toBeGreaterThan(240);
    expect(objectsIn[1]).toBeLessThanOrEqual(8);
  });

  it("stores each message once, whatever packs repeat it", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { ingester, finish } = ingesterOf(objects, stream);
    stream.push(packOf(1, 2), packOf(1, 2), packOf(2, 4), packOf(1, 4));
    await expect.poll(() => stream.handled).toBe(4);
    await finish();
    expect(storedRows(objects)).toBe(4);
    expect(ingester.stats()).toMatchObject({ commits: 1, rows: 4, pendingBytes: 0 });

    // A later ingester knows what was committed, and repeats the announcement.
    const again = new FakeStream();
    const second = ingesterOf(objects, again, { owner: "b" });
    again.push(packOf(1, 4), packOf(3, 6));
    await expect.poll(() => again.handled).toBe(2);
    await second.finish();
    expect(storedRows(objects)).toBe(6);
    expect(second.ingester.stats().duplicates).toBe(1);
    expect(again.announced).toContainEqual([RUN, [1, 6]]);
  });

  it("commits all others when a part can never be written, and tells its producer", async () => {
    const messages = messagesOf("y".repeat(1100), 1);
    const long = encodePack({
      run: "00000000000000bb",
      number: 1,
      count: messages.length,
      storeId: (messages[0] as EncodedMessage).storeId,
      storeInfo: undefined,
      messages,
    });
    for (const refuses of [false, true]) {
      const [objects, stream] = [new FakeStore(), new FakeStream()];
      objects.onCreate = (key) => {
        if (refuses && /\/(?:log-bundles|refused)\//.test(key))
          throw new RerunError("INVALID_ARGUMENT", "KeyTooLongError");
      };
      const refused = messagesOf("refused", 1);
      const other = { run: "00000000000000cc", number: 1, count: refused.length, storeInfo: undefined };
      const { commits, warnings, finish } = ingesterOf(objects, stream);
      stream.push(
        packOf(1, 2),
        refuses ? encodePack({ ...other, storeId: (refused[0] as EncodedMessage).storeId, messages: refused }) : long,
        packOf(3, 4),
      );
      await expect.poll(() => stream.handled).toBe(3);
      await finish();
      expect(commits).toMatchObject([{ packs: { [RUN]: [1, 4] } }]);
      expect(storedRows(objects)).toBe(4);
      expect(stream.rejected).toMatchObject([{ number: 1 }]);
      expect(warnings).toEqual([expect.stringMatching(/cannot make a part of .*(?:1024 bytes|KeyTooLongError)/s)]);
    }
  });

  it("gives way to another ingester that has committed the same packs", async () => {
    const objects = new FakeStore();
    const streams = [new FakeStream(), new FakeStream()] as const;
    const [a, b] = [ingesterOf(objects, streams[0]), ingesterOf(objects, streams[1], { owner: "b" })];
    for (const stream of streams) stream.push(packOf(1, 3));
    streams[1].push(packOf(4, 6));
    await expect.poll(() => [streams[0].handled, streams[1].handled]).toEqual([1, 2]);
    await a.finish();
    await b.finish();
    expect(storedRows(objects)).toBe(6);
    expect(b.ingester.stats()).toMatchObject({ conflicts: 1, commits: 1, rows: 3, pendingBytes: 0 });
  });

  it("rejects a message that is no pack, and goes on with the others", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { ingester, warnings, finish } = ingesterOf(objects, stream);
    const damaged = packOf(1, 2).fill(255, 30);
    stream.push(Uint8Array.of(1, 2, 3), damaged, packOf(3, 4));
    await expect.poll(() => stream.handled).toBe(3);
    await finish();
    expect(storedRows(objects)).toBe(2);
    expect(ingester.stats().rejected).toBe(2);
    expect([warnings.length, stream.rejected.map(({ run, number }) => [run, number])]).toEqual([2, [[RUN, 1]]]);
  });

  it("repeats what the store fails to do, and keeps the packs until then", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { ingester, finish } = ingesterOf(objects, stream);
    stream.push(packOf(1, 4));
    await expect.poll(() => stream.handled).toBe(1);
    let failures = 2;
    objects.onCreate = () => {
      if (failures-- > 0) throw new RerunError("CONNECTION", "the store is away");
    };
    await finish();
    expect([storedRows(objects), failures < 0]).toEqual([4, true]);
    expect(ingester.stats().due).toMatchObject({ failing: 0, problem: undefined });
  });

  it("reports a problem for as long as creating is denied, although it has committed before", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { ingester, commits, finish } = ingesterOf(objects, stream, { limitMs: 20, maxMs: 1 });
    stream.push(packOf(1, 2));
    await expect.poll(() => commits.length).toBe(1);
    let isDenied = true;
    objects.onCreate = () => {
      if (isDenied) throw new RerunError("SERVER", "creating is denied");
    };
    // Without pending packs nothing is due.
    expect(ingester.stats().due.problem).toBeUndefined();
    stream.push(packOf(3, 4));
    await expect.poll(() => ingester.stats().due.problem).toMatch(/write a part.*creating is denied/);
    stream.push(packOf(5, 6));
    await expect.poll(() => stream.handled).toBe(3);
    expect(ingester.stats().due.problem).toMatch(/creating is denied/);
    isDenied = false;
    await expect.poll(() => ingester.stats().due.problem, { timeout: 10_000 }).toBeUndefined();
    await finish();
    expect(storedRows(objects)).toBe(6);
  });

  it("writes a part again that seems to be there, and is not", async () => {
    const [objects, stream] = [new FakeStore(), new FakeStream()];
    const { finish } = ingesterOf(objects, stream);
    stream.push(packOf(1, 4));
    await expect.poll(() => stream.handled).toBe(1);
    let claims = 2;
    objects.claimsToHave = (key) => !key.includes("/log/") && claims-- > 0;
    await finish();
    expect([storedRows(objects), claims < 0]).toEqual([4, true]);
  });

  it("repeats large static data each hour, small static data in each part, and all of it is where the log says", async () => {
    for (const [textBytes, most] of [
      [20_000, 26],
      [10, 48],
    ] as const) {
      const [objects, stream] = [new FakeStore(), new FakeStream()];
      const { commits, finish } = ingesterOf(objects, stream, { maxMs: 1 });
      const recording = new RecordingStream("fleet", { recordingId: "one", batcher: { flushNumRows: 0 } });
      const memory = recording.memoryRecording();
      recording.log("note", new TextLog("x".repeat(textBytes)), { static: true });
      for (let round = 0; round < 48; round++) {
        stream.time = round * 1_800_000;
        if (round === 30) recording.log("later", new TextLog("y"), { static: true });
        recording.log("rows", new Scalars(round));
        const messages = readEncodedMessages(memory.drainAsBytes()).filter(({ kind }) => kind !== "storeInfo");
        const { storeId } = messages[0] as EncodedMessage;
        const number = 100 * round + 1;
        stream.push(encodePack({ run: RUN, number, count: messages.length, storeId, storeInfo: undefined, messages }));
        await expect.poll(() => commits.length, { interval: 1 }).toBe(round + 1);
      }
      await finish();
      const entitiesIn = (key: string): readonly (string | undefined)[] =>
        readEncodedMessages(objects.objects.get(key) ?? new Uint8Array(0)).map(({ manifest }) => manifest?.entityPath);
      const parts = commits.flatMap((commit) => commit.parts);
      const withNote = parts.filter(({ key }) => entitiesIn(key).includes("/note")).length;
      expect(withNote).toBeLessThanOrEqual(most);
      expect(withNote).toBeGreaterThanOrEqual(24);
      const log = new CommitLog({ store: objects.store, dataset: "fleet", partition: 0, snapshotEvery: 1000 });
      await log.catchUp(new AbortController().signal);
      const places = log.staticsOf((parts[0] as CommittedPart).store)?.places ?? [];
      expect(places.flatMap(({ key }) => entitiesIn(key))).toEqual(expect.arrayContaining(["/note", "/later"]));
    }
  });

  it("takes static data from the merged part when the part that had it is deleted", async () => {
    const objects = new FakeStore();
    const all = messagesOf("one", 6);
    const { storeId } = all[0] as EncodedMessage;
    const rowPack = (messages: readonly EncodedMessage[], number: number): Uint8Array<ArrayBuffer> =>
      encodePack({ run: RUN, number, count: messages.length, storeId, storeInfo: undefined, messages });
    const first = new FakeStream();
    const one = ingesterOf(objects, first);
    first.push(rowPack(all.slice(0, 3), 1));
    await expect.poll(() => first.handled).toBe(1);
    await one.finish();
    // Compaction has merged the part, and deleted it later.
    const [key = ""] = [...objects.objects.keys()].filter(
      (name) => name.includes("/log-parts/") || name.endsWith(".rrd"),
    );
    const bytes = objects.objects.get(key) ?? new Uint8Array(0);
    const merged = `v1/fleet/compact-parts/one/0000000000000001-000000000000.rrd`;
    objects.objects.set(merged, bytes.slice());
    objects.objects.delete(key);
    const made = { key: merged, bytes: bytes.byteLength, sha256: "0".repeat(64), chunks: 1, rows: 1 };
    const replacement = { version: 1, owner: "c", adds: [{ ...made, newest: "2026-01-31T00:00:00Z" }], removes: [key] };
    objects.objects.set(
      "v1/fleet/compact/one/0000000000000001.json",
      new TextEncoder().encode(JSON.stringify(replacement)),
    );
    const second = new FakeStream();
    const two = ingesterOf(objects, second, { owner: "b" });
    second.push(rowPack(all.slice(0, 3), 1), rowPack(all.slice(3, 5), 4));
    await expect.poll(() => second.handled).toBe(1);
    await two.finish();
    const added = two.commits[0]?.parts[0];
    const messages = readEncodedMessages(objects.objects.get(added?.key ?? "") ?? new Uint8Array(0));
    expect(messages.map(({ manifest }) => manifest?.entityPath)).toContain("/note");
  });
});
