import { createHash } from "node:crypto";
import { mkdirSync, cpSync, readdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { PartsSink, fsStore, pushSpool, type ObjectInfo, type PartStore, type SentPart } from "@rerun-ts/storage";
import { RecordingStream, RerunError, Scalars } from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = makeTemporaryFolder({ ignore: (path) => path.startsWith("other") });
const left = join(folder.path, "left");
afterAll(() => folder.remove());

/** A store that cannot be reached. */
const away: PartStore = {
  url: "away:",
  create: () => Promise.reject(new RerunError("CONNECTION", "there is no network")),
};

beforeAll(async () => {
  const rec = new RecordingStream("left", { recordingId: "../run 7" });
  const sink = new PartsSink(away, { dataset: "fleet", spool: left, producer: "robot" });
  await rec.setSinks([sink]);
  for (let row = 0; row < 2; row++) {
    rec.log("a", new Scalars(row));
    // The next part begins, although this one cannot be sent.
    const ended = new AbortController();
    const flushed = rec.flush({ ack: true, signal: ended.signal }).catch(() => {});
    while (sink.uploads.pendingParts === row) await setImmediate();
    ended.abort();
    await flushed;
  }
  await rec.close({ timeoutMs: 1 });
});

/** A spool with two parts that were left behind. */
function leftSpool(name: string): string {
  const spool = join(folder.path, name);
  cpSync(left, spool, { recursive: true });
  return spool;
}

describe("pushSpool", () => {
  it("sends the parts under keys of their recording and run, and removes them", async () => {
    const [spool, store] = [leftSpool("spool-1"), fsStore(join(folder.path, "store-1"))];
    const progress: number[] = [];
    const { sent, failed } = await pushSpool(spool, store, { onProgress: ({ parts }) => progress.push(parts) });
    expect(failed).toEqual([]);
    expect(progress).toEqual([1, 2]);
    const keys = sent.map(({ key }) => key).sort();
    expect(keys[0]).toMatch(/^v1\/fleet\/direct\/_2E._2Frun_207\/robot-[0-9a-f]{32}\/00000001\.rrd$/);
    expect(keys[1]).toBe(keys[0]?.replace("1.rrd", "2.rrd"));
    expect(readdirSync(spool)).toEqual([]);
  });

  it("reports a store that has lost its folder, as long as the part is there", async () => {
    const cause = Object.assign(new Error("no such file or directory"), { code: "ENOENT" });
    const lost = new RerunError("NOT_FOUND", "the folder of the store is gone", { cause });
    const store: PartStore = { url: "lost:", create: () => Promise.reject(lost) };
    const { sent, failed } = await pushSpool(leftSpool("spool-lost"), store);
    expect([sent, failed.map(({ error }) => error.message)]).toEqual([[], [lost.message, lost.message]]);
  });

  it("removes a run in which a program was killed while it locked its next part", async () => {
    const spool = leftSpool("spool-locks");
    const [run = ""] = readdirSync(spool);
    // The draft of a lock: empty, or of a process that is gone.
    for (const name of ["run-000003.rrd", "layout-000001.rbl"])
      writeFileSync(join(spool, run, `${name}.lock.${"0a".repeat(16)}`), "");
    // A lock on a full disk, of which only time would tell that its owner is gone.
    writeFileSync(join(spool, run, "run-000004.rrd.lock"), "");
    const { sent } = await pushSpool(spool, fsStore(join(folder.path, "store-locks")));
    expect(sent).toHaveLength(2);
    expect(readdirSync(spool)).toEqual([]);
  });

  it("removes a run in which a program was killed while it made its first lock", async () => {
    const [spool, run, token] = [join(folder.path, "spool-drafts"), "0b".repeat(16), "0a".repeat(16)];
    mkdirSync(join(spool, run), { recursive: true });
    for (const name of [`run.lock.${token}.new`, `.${token}.sock`]) writeFileSync(join(spool, run, name), "");
    const { sent, failed } = await pushSpool(spool, fsStore(join(folder.path, "store-drafts")));
    expect([sent, failed, readdirSync(spool)]).toEqual([[], [], []]);
  });

  it("keeps the parts if a store does not say whether it has created them", async () => {
    const spool = leftSpool("spool-void");
    const { sent, failed } = await pushSpool(spool, { url: "own:", create: () => Promise.resolve() as never });
    expect(sent).toEqual([]);
    expect(failed.map(({ error }) => error)).toMatchObject(
      Array.from({ length: 2 }, () => ({
        code: "INVALID_ARGUMENT",
        message:
          "`create` of the store own: must resolve to true if it has created the object, and to false if there was one, got undefined",
      })),
    );
    expect(readdirSync(spool)).toHaveLength(1);
  });

  it("accepts a part that is there already, and stores another run where something else is", async () => {
    const { sent } = await pushSpool(leftSpool("spool-2"), fsStore(join(folder.path, "store-2")));
    const [first = "", second = ""] = sent.map(({ key }) => key).sort();
    const contents = await readFile(join(folder.path, "store-2", second));
    const other = fsStore(join(folder.path, "other"));
    await other.create(first, await readFile(join(folder.path, "store-2", first)));
    // As large, but with another byte.
    contents[contents.byteLength >> 1] = (contents[contents.byteLength >> 1] ?? 0) ^ 1;
    await other.create(second, contents);
    const spool = leftSpool("spool-3");
    const report = await pushSpool(spool, other);
    const run = /[0-9a-f]{32}/;
    expect(report.failed).toEqual([]);
    // Several parts are sent side by side.
    const inOrder = (parts: readonly SentPart[]): SentPart[] =>
      parts.toSorted((a, b) => Number(b.key === first) - Number(a.key === first));
    const pushed = inOrder(report.sent);
    expect(pushed).toMatchObject([
      { key: first, wasThere: true },
      { key: expect.not.stringContaining(run.exec(second)?.[0] ?? "") as string, wasThere: false },
    ]);
    expect(pushed[1]?.key.replace(run, "")).toBe(second.replace(run, ""));
    expect(readdirSync(spool)).toEqual([]);
    // A repetition finds both.
    const again = await pushSpool(leftSpool("spool-3b"), other);
    expect(inOrder(again.sent)).toEqual(pushed.map((part) => ({ ...part, wasThere: true })));
  });

  it("gives a store the SHA-256 of parts unless it wants none", async () => {
    for (const wanted of [undefined, true, false]) {
      const given: unknown[] = [];
      const store: PartStore = {
        url: "own:",
        create: (_key, _body, { sha256 } = {}) => (given.push(sha256), Promise.resolve(true)),
        ...(wanted === undefined ? {} : { wantsSha256: () => Promise.resolve(wanted) }),
      };
      await pushSpool(leftSpool(`spool-${wanted}`), store);
      const one: unknown = wanted === false ? undefined : expect.stringMatching(/^[0-9a-f]{64}$/);
      expect(given).toEqual([one, one]);
    }
  });

  it("compares parts with objects that were stored with a SHA-256, and with those without", async () => {
    const files = fsStore(join(folder.path, "store-compared"));
    await pushSpool(leftSpool("spool-compared"), files);
    let kept: Pick<ObjectInfo, "sha256"> = {};
    const head = async (key: string): Promise<ObjectInfo> => ({
      key,
      size: (await files.read(key).catch(() => new Uint8Array())).byteLength,
      ...kept,
    });
    let reads = 0;
    const read: typeof files.read = (...all) => (reads++, files.read(...all));
    for (const isWanted of [true, false]) {
      const wantsSha256 = (): Promise<boolean> => Promise.resolve(isWanted);
      const store: PartStore = { url: "own:", create: () => Promise.resolve(false), head, read, wantsSha256 };
      const push = (): ReturnType<typeof pushSpool> => pushSpool(leftSpool(`compared-${isWanted}`), store);
      kept = {};
      reads = 0;
      expect((await push()).sent).toMatchObject([{ wasThere: true }, { wasThere: true }]);
      expect(reads).toBe(2);
      // Where the object has a SHA-256, its contents are not read.
      kept = { sha256: createHash("sha256").update("another part").digest("hex") };
      expect((await push()).failed.map(({ error }) => error.code)).toEqual(["ALREADY_EXISTS", "ALREADY_EXISTS"]);
      expect(reads).toBe(2);
    }
  });

  it("leaves a spool alone while its store is away, and says which parts stay", async () => {
    const spool = leftSpool("spool-4");
    const { sent, failed } = await pushSpool(spool, away);
    expect(sent).toEqual([]);
    expect(failed).toHaveLength(2);
    expect(failed[0]?.error.message).toBe("there is no network");
    expect((await pushSpool(spool, fsStore(join(folder.path, "store-4")))).sent).toHaveLength(2);
    await expect(pushSpool(join(folder.path, "nothing"), away)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("sends the parts of a folder of `saveParts` to a dataset, once, and leaves them there", async () => {
    const [saved, store] = [join(folder.path, "saved-parts"), fsStore(join(folder.path, "store-5"))];
    const rec = new RecordingStream("saved", { recordingId: "run 8" });
    await rec.saveParts(saved);
    rec.log("a", new Scalars(1));
    await rec.close();
    const options = { dataset: "fleet", producer: "robot" };
    const first = await pushSpool(saved, store, options);
    expect(first.failed).toEqual([]);
    expect(first.sent.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^v1\/fleet\/direct\/run_208\/robot-[0-9a-f]{32}\/00000001\.rrd$/),
    ]);
    expect((await pushSpool(saved, store, options)).sent).toEqual([{ ...first.sent[0], wasThere: true }]);
    expect(readdirSync(saved)).toHaveLength(1);
  });

  it("says what is wrong with a folder that has parts, and is no spool", async () => {
    const spool = leftSpool("spool-4");
    const run = join(spool, readdirSync(spool)[0] ?? "");
    await expect(pushSpool(run, away)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `${run} is the folder of one run in a spool; give the folder that it is in`,
    });
    const saved = join(folder.path, "saved");
    const rec = new RecordingStream("saved");
    await rec.saveParts(saved);
    await rec.close();
    await expect(pushSpool(saved, away)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("is not a spool of a `PartsSink`, but a folder of `saveParts`") as string,
    });
    await expect(pushSpool(spool, away, { dataset: "fleet" })).rejects.toMatchObject({ argument: "dataset" });
    expect(await pushSpool(join(folder.path, "store-1"), away)).toEqual({ sent: [], inUse: [], failed: [] });
  });
});
