import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fsStore, openParts, pushSpool, type ObjectStore } from "@rerun-ts/storage";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { runBin } from "@rerun-ts/test-support/node/run-bin";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { mendParts } from "../../dist/cli/parts-command.js";
import { afterAll, describe, expect, it } from "vitest";

const ROWS = 100;
const CHUNK_ROWS = 10;
const folder = makeTemporaryFolder({ ignore: (path) => path.includes("damaged") || path.includes("saved") });
afterAll(() => folder.remove());
let count = 0;

const runCli = (args: readonly string[]): ReturnType<typeof runBin> =>
  runBin("rerun-ts", "rerun-ts", args, { capture: true });

/** Saves rows in parts, a part for each call of `recordingIds`. */
async function saveParts(): Promise<{ folder: string; path: string }> {
  const parts = join(folder.path, `saved-${count++}`);
  const rec = new RecordingStream("robot", { recordingId: "day", batcher: { flushNumRows: CHUNK_ROWS } });
  await rec.saveParts(parts);
  for (let row = 0; row < ROWS; row++) {
    rec.setTime("row", row);
    rec.log("rows", new Scalars(row));
  }
  await rec.close();
  return { folder: parts, path: join(parts, readdirSync(parts)[0] ?? "") };
}

async function rowsOf(store: ObjectStore): Promise<{ rows: number; leftOut: readonly unknown[] }> {
  await using file = await openParts(store, { dataset: "fleet", recordingId: "day" });
  const { numRows } = await file.recording().query({ index: "row" }).toTable();
  return { rows: numRows, leftOut: file.leftOut };
}

/** The ways in which a loss of power, or a disk, damages a part. */
const CUTS: Readonly<Record<string, (path: string) => void>> = {
  "without the last bytes": (path) => truncateSync(path, readFileSync(path).byteLength - 5),
  "without its footer": (path) => truncateSync(path, readFileSync(path).byteLength - 1500),
  "cut within a message": (path) => truncateSync(path, readFileSync(path).byteLength >> 1),
  "with zeros at its end": (path) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, bytes.byteLength >> 1));
  },
};

describe("a part that is damaged in a spool", () => {
  it.each(Object.keys(CUTS))("%s is sealed again before it is sent", async (cut) => {
    const { folder: saved, path } = await saveParts();
    CUTS[cut]?.(path);
    const store = fsStore(join(folder.path, `store-${count}`));
    const { sent, failed } = await pushSpool(saved, store, { dataset: "fleet" });
    expect([sent.length, failed]).toEqual([1, []]);
    const { rows, leftOut } = await rowsOf(store);
    expect(leftOut).toEqual([]);
    expect(rows).toBeGreaterThanOrEqual(ROWS / 4);
    expect(rows % CHUNK_ROWS).toBe(0);
    if (cut === "without the last bytes") expect(rows).toBe(ROWS);
  });

  it("inside is kept and reported, with the way to get what is whole", async () => {
    const { folder: saved, path } = await saveParts();
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.byteLength >> 2, bytes.byteLength >> 1);
    bytes.fill(0, bytes.byteLength - 40);
    writeFileSync(path, bytes);
    const store = fsStore(join(folder.path, `store-${count}`));
    const { sent, failed } = await pushSpool(saved, store, { dataset: "fleet" });
    expect(sent).toEqual([]);
    expect(failed).toMatchObject([{ path, error: { code: "INVALID_FORMAT" } }]);
    expect(failed[0]?.error.message).toContain("rerun-ts rrd repair");
    expect(readFileSync(path)).toEqual(bytes);
  });
});

describe("a part that is damaged in a store", () => {
  /** A store with a whole part and a damaged one. */
  async function damagedStore(
    damage: (bytes: Buffer) => Uint8Array,
  ): Promise<{ path: string; store: ObjectStore; key: string }> {
    const path = join(folder.path, `store-damaged-${count++}`);
    const store = fsStore(path);
    const key = "v1/fleet/direct/day/robot-00000000000000000000000000000001/00000001.rrd";
    const { folder: saved, path: part } = await saveParts();
    await store.create(key, damage(readFileSync(part)));
    await pushSpool(saved, store, { dataset: "fleet", producer: "robot" });
    return { path, store, key };
  }

  it("is left out and named, found by `parts check`, and mended by `parts mend`, which keeps it", async () => {
    const half = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.subarray(0, bytes.byteLength * 0.7));
    const { path, store, key } = await damagedStore(half);
    expect(await rowsOf(store)).toEqual({
      rows: ROWS,
      leftOut: [{ source: key, reason: expect.stringContaining("there is no footer") as string }],
    });
    const damaged = await store.read(key);
    const args = ["--dataset", "fleet", path, "--json"];
    const check = await runCli(["parts", "check", ...args]);
    expect(check.code).toBe(1);
    expect(JSON.parse(check.output)).toMatchObject({ checked: 2, damaged: [{ key }], mended: [] });
    const dry = await runCli(["parts", "mend", "--dry-run", ...args]);
    expect(dry.code).toBe(1);
    expect(await store.read(key)).toEqual(damaged);
    const keys = readdirSync(path, { recursive: true });
    const mend = await runCli(["parts", "mend", ...args]);
    expect(mend.code).toBe(0);
    const { mended } = JSON.parse(mend.output) as { mended: { mendedKey: string; keptKey: string }[] };
    expect(JSON.parse(dry.output)).toMatchObject({ mended });
    expect(readdirSync(path, { recursive: true })).not.toEqual(keys);
    expect(await store.read(mended[0]?.keptKey ?? "")).toEqual(damaged);
    expect(await store.head(key)).toBeUndefined();
    expect(await rowsOf(store)).toEqual({ rows: ROWS, leftOut: [] });
    const again = await runCli(["parts", "check", ...args]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.output)).toMatchObject({ checked: 2, damaged: [] });
  });

  it("is named by its number while `parts mend` mends it", async () => {
    const { path } = await damagedStore((bytes) => new Uint8Array(bytes.subarray(0, bytes.byteLength >> 1)));
    const seen: string[] = [];
    const showStatus = (textOf: () => string): (() => void) => {
      const timer = setInterval(() => seen.push(textOf()), 0);
      return () => clearInterval(timer);
    };
    const context = { usageError: Error, print: () => {}, warn: () => {}, showStatus };
    const values = { dataset: "fleet", positionals: [path], bytes: false, json: false, "dry-run": false };
    await mendParts(values as never, context as never);
    expect(seen).toContainEqual(expect.stringMatching(/^Mending part 1 of 1, \d/));
  });

  it("and in which nothing is whole is kept, and counts no more", async () => {
    const { path, store, key } = await damagedStore((bytes) => new Uint8Array(bytes.byteLength));
    const { code, output } = await runCli(["parts", "mend", "--dataset", "fleet", path, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ mended: [{ key, chunks: 0 }] });
    expect(await rowsOf(store)).toEqual({ rows: ROWS, leftOut: [] });
  });

  it("is mended in its own dataset, whatever the name of the dataset, and once", async () => {
    const path = join(folder.path, `store-damaged-${count++}`);
    const store = fsStore(path);
    const { path: part } = await saveParts();
    const name = "day/robot-00000000000000000000000000000001/00000001.rrd";
    await store.create(`v1/direct/direct/${name}`, readFileSync(part).subarray(0, 3000));
    const args = ["--dataset", "direct", "--recording", "day", "--recording", "day", path, "--json"];
    const { code, output } = await runCli(["parts", "mend", ...args]);
    expect(code).toBe(0);
    const { mended } = JSON.parse(output) as { mended: readonly { keptKey: string }[] };
    expect(mended.map(({ keptKey }) => keptKey)).toEqual([`v1/direct/damaged/${name}`]);
    expect(readdirSync(join(path, "v1"))).toEqual(["direct"]);
  });
});

describe("a part that a commit or a replacement names", () => {
  interface NamedParts {
    readonly path: string;
    readonly store: ObjectStore;
    /** The key of a part of an ingester, and that of a compacted one. */
    readonly keys: readonly [string, string];
  }

  /** A store with a committed part of one recording, and a compacted one of another. */
  async function namedParts(): Promise<NamedParts> {
    const path = join(folder.path, `store-damaged-${count++}`);
    const store = fsStore(path);
    const { path: part } = await saveParts();
    const bytes = readFileSync(part);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const name = `0000000000000001-${sha256.slice(0, 12)}.rrd`;
    const keys = [`v1/fleet/log-parts/day/00-${name}`, `v1/fleet/compact-parts/day/${name}`] as const;
    for (const key of keys) await store.create(key, bytes);
    const facts = { bytes: bytes.byteLength, sha256, chunks: 1, rows: 1 };
    const stored = { kind: "recording", applicationId: "robot", recordingId: "day" };
    const commit = {
      version: 2,
      owner: "a",
      stream: "s",
      last: 1,
      parts: [{ key: keys[0], store: stored, ...facts }],
      packs: {},
    };
    const added = { key: keys[1], ...facts, newest: "2026-01-31T00:00:00Z" };
    const replacement = {
      version: 1,
      owner: "a",
      adds: [added],
      removes: ["v1/fleet/direct/day/robot-0a/00000001.rrd"],
    };
    const write = (key: string, value: unknown): Promise<boolean> =>
      store.create(key, new TextEncoder().encode(JSON.stringify(value)));
    await write("v1/fleet/log/00/0000000000000001.json", commit);
    await write("v1/fleet/compact/day/0000000000000001.json", replacement);
    return { path, store, keys };
  }

  const check = async (path: string, ...more: readonly string[]): Promise<{ code: number; damaged: string[] }> => {
    const { code, output } = await runCli(["parts", ...more, "--dataset", "fleet", path, "--json"]);
    const { checked, damaged } = JSON.parse(output) as { checked: number; damaged: { key: string; reason: string }[] };
    expect(checked).toBeGreaterThan(0);
    return { code: code ?? 0, damaged: damaged.map(({ key, reason }) => `${key}: ${reason}`) };
  };

  it("is compared with its size and name, and all of its bytes on request", async () => {
    const { path, keys } = await namedParts();
    expect(await check(path, "check", "--bytes")).toEqual({ code: 0, damaged: [] });
    // A flipped bit in the middle, and a lost end.
    const [log, made] = keys.map((key) => join(path, key)) as [string, string];
    const bytes = readFileSync(log);
    bytes[bytes.byteLength >> 2] = (bytes[bytes.byteLength >> 2] ?? 0) ^ 1;
    writeFileSync(log, bytes);
    expect(await check(path, "check")).toEqual({ code: 0, damaged: [] });
    truncateSync(made, bytes.byteLength - 5);
    const all = await check(path, "check", "--bytes");
    expect(all.code).toBe(1);
    expect(all.damaged).toEqual([
      expect.stringMatching(/compact-parts.*bytes, and \d+ by v1\/fleet\/compact\/day\/0+1\.json$/) as string,
      expect.stringMatching(/log-parts.*the SHA-256 of v1\/fleet\/log\/00\/0+1\.json$/) as string,
    ]);
    rmSync(made);
    expect((await check(path, "check")).damaged).toEqual([expect.stringContaining("its object is gone") as string]);
  });

  it("is named if its object is gone, unless it was replaced, or its commit is older than what is remembered", async () => {
    const { path, store, keys } = await namedParts();
    rmSync(join(path, keys[0]));
    const gone = { code: 1, damaged: [expect.stringMatching(/^v1.fleet.log-parts.*its object is gone$/) as string] };
    expect(await check(path, "check")).toEqual(gone);
    expect(await check(path, "check", "--recording", "day")).toEqual(gone);
    const replacement = { version: 1, owner: "b", adds: [], removes: [keys[0]] };
    const key = "v1/fleet/compact/day/0000000000000002.json";
    await store.create(key, new TextEncoder().encode(JSON.stringify(replacement)));
    expect(await check(path, "check")).toEqual({ code: 0, damaged: [] });
    await store.delete?.(key);
    const old = Date.now() / 1000 - 30 * 24 * 3600;
    utimesSync(join(path, "v1/fleet/log/00/0000000000000001.json"), old, old);
    expect(await check(path, "check")).toEqual({ code: 0, damaged: [] });
  });

  it("is left as it is by `parts mend`, which ends with 1", async () => {
    const { path, store, keys } = await namedParts();
    truncateSync(join(path, keys[0]), 1000);
    const before = readdirSync(path, { recursive: true });
    const { code, damaged } = await check(path, "mend");
    expect([code, damaged.length]).toEqual([1, 1]);
    expect(readdirSync(path, { recursive: true })).toEqual(before);
    expect((await store.read(keys[0])).byteLength).toBe(1000);
  });
});
