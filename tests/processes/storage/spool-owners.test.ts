import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, fsStore, openParts, pushSpool, type PartStore, type PartsSinkOptions } from "@rerun-ts/storage";
import { RecordingStream, RerunError, Scalars, TextDocument } from "@rerun-ts/node";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { rowNumbers } from "../harness/logged-rows.ts";
import { runWarmCli } from "../harness/warm-cli.ts";
import { it } from "../harness/test.ts";

const NOBODY = 65_534;
const IDLE_SINKS = 500;
const isRoot = process.getuid?.() === 0;

/** A store that cannot be reached. */
const AWAY: PartStore = {
  url: "away:",
  create: () => Promise.reject(new RerunError("CONNECTION", "there is no network")),
};

interface Robot {
  readonly rec: RecordingStream;
  readonly sink: PartsSink;
  /** Logs rows in a part of their own. */
  readonly log: (from: number, to: number) => Promise<void>;
}

async function startRobot(
  spool: string,
  store: PartStore,
  options: Partial<PartsSinkOptions> = {},
  recordingId = "day",
): Promise<Robot> {
  const rec = new RecordingStream("robot", { recordingId, batcher: { flushNumRows: 10 }, onWarning: () => {} });
  const sink = new PartsSink(store, { dataset: "fleet", producer: "robot", fsync: "never", spool, ...options });
  await rec.setSinks([sink]);
  return {
    rec,
    sink,
    log: async (from, to) => {
      for (let row = from; row < to; row++) {
        rec.setTime("row", row);
        rec.log("rows", new Scalars(row));
      }
      await rec.flush();
      const ended = new AbortController();
      const flushed = rec.flush({ ack: true, signal: ended.signal }).catch(() => {});
      await sleep(50);
      ended.abort();
      await flushed;
    },
  };
}

/** The rows of all parts below a folder, with repetitions. */
function rowsBelow(folder: string): number[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"));
  return names.flatMap((name) => [...rowNumbers(readFileSync(join(folder, name)))]).sort((a, b) => a - b);
}

/** Text that cannot be compressed by much. */
const noise = (): string => randomBytes(25_000).toString("hex");

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, row) => from + row);

/** Leaves a spool with rows of a program that has ended. */
async function leave(spool: string, from: number, to: number, options?: Partial<PartsSinkOptions>): Promise<void> {
  const { rec, log } = await startRobot(spool, AWAY, options);
  await log(from, to);
  await rec.close({ timeoutMs: 1 });
}

describe("a spool", () => {
  it("in a folder of other programs leaves all that is theirs, whatever its name is", async ({ folder }) => {
    const run = "0123456789abcdef".repeat(2);
    const foreign = ["backup.done", "install.new", `${run}.done`, `${run}.new`, run, "lock", ".cache"];
    for (const name of foreign) {
      mkdirSync(join(folder, "robot", name, "data"), { recursive: true });
      writeFileSync(join(folder, "robot", name, "data/precious"), "precious");
      utimesSync(join(folder, "robot", name), 0, 0);
    }
    writeFileSync(join(folder, "robot/run.lock"), "precious");
    const store = fsStore(join(folder, "store"));
    await leave(join(folder, "robot"), 0, 10);
    const { rec, log } = await startRobot(join(folder, "robot"), store);
    await log(10, 20);
    await rec.close();
    expect(await pushSpool(join(folder, "robot"), store)).toMatchObject({ inUse: [], failed: [] });
    expect(rowsBelow(join(folder, "store"))).toEqual(range(0, 20));
    for (const name of foreign)
      expect(readFileSync(join(folder, "robot", name, "data/precious"), "utf8")).toBe("precious");
    expect(readdirSync(join(folder, "robot")).sort()).toEqual([...foreign, "run.lock"].sort());
  });

  it.for([
    ["is empty", "", "INVALID_FORMAT", "--dataset"],
    ["is cut off", '{"version":2,"data', "INVALID_FORMAT", "--dataset"],
    ["is gone", undefined, "INVALID_FORMAT", "--dataset"],
    ["is of a later version", '{"version":3,"dataset":["fleet"]}', "UNSUPPORTED", "layout is 3"],
    ["is of an earlier version", '{"version":1,"dataset":"fleet","producer":"robot"}', "UNSUPPORTED", "layout is 1"],
  ] as const)(
    "reports parts whose run.json %s, keeps them, and sends the others",
    async ([, text, code, reason], { folder }) => {
      const spool = join(folder, "spool");
      await leave(spool, 0, 10);
      const [broken = ""] = readdirSync(spool);
      const facts = join(spool, broken, "run.json");
      if (text === undefined) rmSync(facts);
      else writeFileSync(facts, text);
      await leave(spool, 10, 20);
      // Somebody may look at the folder just now, and holds its lock for a moment.
      const contents = (): readonly string[] =>
        readdirSync(join(spool, broken)).filter((name) => !/[.](?:lock|sock)/.test(name));
      const before = contents();
      const to = join(folder, "store");
      const store = fsStore(to);
      const { sent, failed, inUse } = await pushSpool(spool, store);
      expect([sent.length, inUse]).toEqual([1, []]);
      expect(failed).toMatchObject([{ path: join(spool, broken), error: { code } }]);
      expect(failed[0]?.error.message).toContain(reason);
      expect(rowsBelow(to)).toEqual(range(10, 20));
      expect(readdirSync(spool)).toEqual([broken]);
      expect(contents()).toEqual(before);
      if (code !== "INVALID_FORMAT") return;
      expect((await pushSpool(join(spool, broken), store, { dataset: "fleet" })).sent).toHaveLength(1);
      expect(rowsBelow(to)).toEqual(range(0, 20));
    },
  );

  it.skipIf(!isRoot)("of several users sends what it may, and reports the rest", async ({ folder }) => {
    const spool = join(folder, "spool");
    await leave(spool, 0, 10);
    const [theirs = ""] = readdirSync(spool);
    chmodSync(join(spool, theirs), 0o700);
    await leave(spool, 10, 20);
    for (const name of readdirSync(spool)) {
      if (name === theirs) continue;
      for (const file of readdirSync(join(spool, name))) chownSync(join(spool, name, file), NOBODY, NOBODY);
      chownSync(join(spool, name), NOBODY, NOBODY);
    }
    chmodSync(spool, 0o1777);
    mkdirSync(join(folder, "store"));
    chownSync(join(folder, "store"), NOBODY, NOBODY);
    const program = `
      import { fsStore, pushSpool } from "@rerun-ts/storage";
      const { sent, inUse, failed } = await pushSpool(${JSON.stringify(spool)}, fsStore(${JSON.stringify(join(folder, "store"))}));
      console.log(JSON.stringify({ sent: sent.length, inUse, failed: failed.map(({ error: { message } }) => message) }));
    `;
    const args = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", process.execPath];
    const output = execFileSync("setpriv", [...args, "--input-type=module", "-e", program], {
      encoding: "utf8",
      cwd: import.meta.dirname,
    });
    const { sent, inUse, failed } = JSON.parse(output) as { sent: number; inUse: string[]; failed: string[] };
    expect([sent, inUse, failed.length]).toEqual([1, [], 1]);
    expect(failed[0]).toMatch(/EACCES.*/);
    expect(rowsBelow(join(folder, "store"))).toEqual(range(10, 20));
  });

  it("is sent by `push` after another one that cannot be read, with exit code 1", async ({ folder }) => {
    await leave(join(folder, "spool"), 0, 10);
    const { code, stderr, stdout } = await runWarmCli([
      "push",
      join(folder, "nothing"),
      join(folder, "spool"),
      "--to",
      join(folder, "store"),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("no such folder");
    expect(stdout.toString()).toContain("1 parts sent");
    expect(rowsBelow(join(folder, "store"))).toEqual(range(0, 10));
  });

  it.for(["compared", "only created"] as const)(
    "that was copied while its program ran, and pushed, costs no row of either: objects can be %s",
    async (kind, { folder }) => {
      const [spool, copy] = [join(folder, "spool"), join(folder, "copy")];
      const files = fsStore(join(folder, "store"));
      const { url } = files;
      const store: PartStore = kind === "compared" ? files : { url, create: (...all) => files.create(...all) };
      let isAway = true;
      const robotStore: PartStore = {
        ...store,
        ...(kind === "compared" && { head: (key) => files.head(key), read: (...all) => files.read(...all) }),
        url,
        create: (key, body, options) => (isAway ? AWAY.create(key, body, options) : files.create(key, body, options)),
      };
      const { rec, sink, log } = await startRobot(spool, robotStore);
      for (let row = 0; row < 50; row++) {
        rec.setTime("row", row);
        rec.log("rows", new Scalars(row));
      }
      await rec.flush();
      // The part is open: it goes on in the spool, but not in the copy.
      execFileSync("cp", ["-a", spool, copy]);
      const pushed = await pushSpool(copy, store);
      expect([pushed.sent.length, pushed.inUse, pushed.failed]).toEqual([1, [], []]);
      await log(50, 100);
      isAway = false;
      expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
      expect(sink.uploads).toMatchObject({ pendingParts: 0 });
      await rec.close();
      await using file = await openParts(files, { dataset: "fleet", recordingId: "day" });
      const table = await file.recording().query({ index: "row" }).toTable();
      expect(table.numRows).toBe(100);
      expect(new Set(rowsBelow(join(folder, "store"))).size).toBe(100);
      expect(readdirSync(spool)).toEqual([]);
    },
  );

  it("is within its limit as a whole, however many programs have left parts in it", async ({ folder }) => {
    const spool = join(folder, "spool");
    const options = { maxSpoolBytes: "400kB", maxBytes: "50kB", onFull: "drop-oldest" } as const;
    let logged = 0;
    let dropped = 0;
    const runs = 6;
    for (let run = 0; run < runs; run++) {
      const { rec, log } = await startRobot(spool, AWAY, options);
      rec.addEventListener("drop", ({ rows }) => (dropped += rows));
      for (const end = logged + 1500; logged < end; logged += 100) await log(logged, logged + 100);
      await rec.close({ timeoutMs: 1 });
      const names = readdirSync(spool, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"));
      const bytes = names.reduce((sum, name) => sum + readFileSync(join(spool, name)).byteLength, 0);
      expect(bytes).toBeLessThan(500_000);
    }
    const rows = rowsBelow(spool);
    // The oldest rows of the whole spool are those that are gone, but for a part that is being sent.
    expect(rows.slice(-1500)).toEqual(range(logged - 1500, logged));
    expect(rows.length + dropped).toBe(logged);
  });

  it("is within its limit if a program logs static data in a loop, and has the newest of it", async ({ folder }) => {
    const spool = join(folder, "spool");
    let isAway = true;
    const files = fsStore(join(folder, "store"));
    const store: PartStore = {
      url: files.url,
      create: (...all) => (isAway ? AWAY.create(...all) : files.create(...all)),
    };
    const { rec, log } = await startRobot(spool, store, { maxSpoolBytes: "2MB", maxBytes: "200kB" });
    for (let round = 0; round < 200; round++) {
      rec.log("map", new TextDocument(`${round} ${noise()}`), { static: true });
      await rec.flush();
    }
    const names = readdirSync(spool, { recursive: true, encoding: "utf8" }).filter((name) => /[.]rrd/.test(name));
    const bytes = names.reduce((sum, name) => sum + readFileSync(join(spool, name)).byteLength, 0);
    expect(bytes).toBeLessThan(3_000_000);
    expect(rec.stats().droppedRows).toBeGreaterThan(0);
    isAway = false;
    await rec.flush({ ack: true });
    await log(0, 10);
    await rec.close();
    await using file = await openParts(files, { dataset: "fleet", recordingId: "day" });
    const table = await file.recording().query({ index: "row", includeSemanticallyEmptyColumns: true }).toTable();
    expect(String(table.toArray()[0])).toContain(`"199 `);
  });

  it(`of ${IDLE_SINKS} recordings that do nothing costs a look for all of them`, async ({ folder }) => {
    const spool = join(folder, "spool");
    const count = isSoak ? IDLE_SINKS : 50;
    const robots: Robot[] = [];
    const store = fsStore(join(folder, "store"));
    for (let robot = 0; robot < count; robot++) robots.push(await startRobot(spool, store, {}, `day ${robot}`));
    await sleep(500);
    const start = process.cpuUsage();
    await sleep(isSoak ? 60_000 : 1000);
    const { user, system } = process.cpuUsage(start);
    if (isSoak) console.log(`${count} idle recordings: ${(user + system) / 1000} ms of processor in a minute`);
    expect(readdirSync(spool)).toHaveLength(count);
    for (const { rec } of robots) await rec.close();
    expect(readdirSync(spool)).toEqual([]);
  });
});
