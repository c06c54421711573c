// A fleet for a year in a simulated bucket, as fast as possible, with the real keeper's view of the bucket, ingesters,
// retention and compaction: `simulate-year '{"robots":500,"pages":2000,"days":365}'`. It prints a line of JSON for each
// 30 days: the requests and bytes of a day, and the memory of all together.
import { randomBytes } from "node:crypto";
import { setFlagsFromString, getHeapStatistics } from "node:v8";
import { runInNewContext } from "node:vm";
import { RerunError } from "@rerun-ts/core";
import { CommitLog } from "../../../packages/storage/dist/ingest/commit-log.js";
import { Compaction } from "../../../packages/storage/dist/compact/compaction.js";
import { PartsView } from "../../../packages/storage/dist/keeper/parts-view.js";
import { removeOldPartsWith } from "../../../packages/storage/dist/compact/remove-old-parts.js";

const { robots = 500, pages = 2000, days = 365, keepDays = 90 } = JSON.parse(process.argv[2] ?? "{}");
const DATASET = "fleet";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 1);
const PARTITIONS = 64;
/** A robot sends a part each ten minutes for eight hours, a page has one in each hour through NATS. */
const ROBOT_HOURS = 8;
const PARTS_AN_HOUR = 6;
const ROBOT_BYTES = 64_000_000;
const PAGE_BYTES = 20_000;
const REPORT_DAYS = 30;
const DELETE_AFTER_MS = DAY_MS;
const FULL_EVERY_MS = 24 * HOUR_MS;
const RUN_DAYS = 31;
/** The time between two passes of the keeper, in hours. */
const KEEPER_HOURS = 6;
/** The objects in an answer. */
const PAGE = 1000;

const digits = (number, length) => String(number).padStart(length, "0");

/** A bucket in memory: sizes and times of all objects, and the bytes of small ones. */
class Bucket {
  now = START;
  bytes = 0;
  objects = 0;
  /** By the path up to the last two names, and by the name of the folder. */
  #tops = new Map();

  create(key, size, bytes) {
    const { folder, name } = this.#find(key, true);
    if (folder.entries.has(name)) return false;
    const last = folder.names.at(-1);
    if (last !== undefined && last > name) folder.isSorted = false;
    folder.names.push(name);
    folder.entries.set(name, { size, modified: this.now, bytes });
    this.bytes += size;
    this.objects++;
    return true;
  }

  entry(key) {
    const { folder, name } = this.#find(key, false);
    return folder?.entries.get(name);
  }

  delete(key) {
    const { top, folder, name, id } = this.#find(key, false);
    const entry = folder?.entries.get(name);
    if (entry === undefined) return;
    folder.entries.delete(name);
    this.bytes -= entry.size;
    this.objects--;
    if (folder.entries.size === 0) {
      top.folders.delete(id);
      top.sorted.splice(placeOf(top.sorted, id), 1);
    }
  }

  /** A page of at most 1000 objects. */
  list(prefix, startAfter = "") {
    const page = [];
    for (const [topPath, top] of this.#sortedTops()) {
      if (!topPath.startsWith(prefix) && !prefix.startsWith(topPath)) continue;
      for (
        let at = firstOf(top.sorted, topPath, prefix > startAfter ? prefix : startAfter);
        at < top.sorted.length;
        at++
      ) {
        const id = top.sorted[at];
        const path = `${topPath}${id}`;
        if (!path.startsWith(prefix) && !prefix.startsWith(path)) {
          if (path > prefix) break;
          continue;
        }
        const folder = top.folders.get(id);
        if (folder === undefined) continue;
        if (!folder.isSorted) folder.names.sort();
        folder.isSorted = true;
        if (folder.names.length > 2 * folder.entries.size + 8)
          folder.names = folder.names.filter((name) => folder.entries.has(name));
        const behind = startAfter.startsWith(path) ? startAfter.slice(path.length) : "";
        for (let index = firstAfter(folder.names, behind); index < folder.names.length; index++) {
          const name = folder.names[index];
          const key = path + name;
          const entry = folder.entries.get(name);
          if (entry === undefined || key <= startAfter || !key.startsWith(prefix)) continue;
          page.push([key, entry.size, entry.modified]);
          if (page.length === PAGE) return page;
        }
      }
    }
    return page;
  }

  folders(prefix, startAfter = "") {
    const found = [];
    const top = this.#tops.get(prefix);
    if (top === undefined) return found;
    for (let at = firstOf(top.sorted, prefix, startAfter); at < top.sorted.length && found.length < PAGE; at++)
      if (top.sorted[at] !== "" && `${prefix}${top.sorted[at]}` > startAfter) found.push(`${prefix}${top.sorted[at]}`);
    return found;
  }

  #sortedTops() {
    return [...this.#tops].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** `v1/fleet/direct/` is the top of `v1/fleet/direct/run/robot/1.rrd`, `run/` its folder, and the rest its name. */
  #find(key, isNew) {
    const [, topPath, id = "", name] = /^([^/]+\/[^/]+\/[^/]+\/)([^/]+\/)?(.+)$/.exec(key);
    let top = this.#tops.get(topPath);
    if (top === undefined && isNew) this.#tops.set(topPath, (top = { folders: new Map(), sorted: [] }));
    let folder = top?.folders.get(id);
    if (folder === undefined && isNew) {
      top.folders.set(id, (folder = { names: [], entries: new Map(), isSorted: true }));
      top.sorted.splice(placeOf(top.sorted, id), 0, id);
    }
    return { top, folder, name, id };
  }
}

/** The place of a name among sorted names. */
function placeOf(names, name) {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle] >= name) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first folder that may have a key behind another one. */
function firstOf(sorted, topPath, after) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (`${topPath}${sorted[middle]}\u{10ffff}` > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first of sorted names that is behind another one. */
function firstAfter(names, after) {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle] > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Heap of this thread after garbage collection, in bytes. */
function heapBytes() {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return getHeapStatistics().used_heap_size;
}

/** The store of a program, and the number of its requests. */
function storeOf(bucket, counts, name) {
  const count = (requests = 1) => (counts[name] = (counts[name] ?? 0) + requests);
  const infoOf = ([key, size, modified]) => ({ key, size, etag: `"${size}"`, modified: new Date(modified) });
  return {
    url: "simulated:",
    async create(key, body) {
      count();
      const isSmall = body instanceof Uint8Array;
      return bucket.create(key, isSmall ? body.byteLength : body.size, isSmall ? body : undefined);
    },
    async read(key) {
      count();
      const bytes = bucket.entry(key)?.bytes;
      if (bytes === undefined) throw new RerunError("NOT_FOUND", `there is no ${key}`);
      return bytes;
    },
    async head(key) {
      count();
      const entry = bucket.entry(key);
      return entry && infoOf([key, entry.size, entry.modified]);
    },
    async delete(key) {
      count();
      bucket.delete(key);
    },
    async *list(prefix, { startAfter } = {}) {
      for (let after = startAfter; ;) {
        count();
        const page = bucket.list(prefix, after);
        for (const entry of page) yield infoOf(entry);
        if (page.length < PAGE) return;
        after = page.at(-1)[0];
      }
    },
    async *listFolders(prefix) {
      for (let after; ;) {
        count();
        const page = bucket.folders(prefix, after);
        yield* page;
        if (page.length < PAGE) return;
        after = `${page.at(-1)}\u{10ffff}`;
      }
    },
  };
}

/** The programs, by their names: each returns what it does in an hour. */
const PROGRAMS = {
  keeper(store) {
    let now = START;
    const view = new PartsView({
      store,
      dataset: DATASET,
      recordings: undefined,
      fullEveryMs: FULL_EVERY_MS,
      now: () => now,
    });
    return async ({ time, hour }) => {
      if (hour % KEEPER_HOURS !== 0) return {};
      now = time;
      await view.update(new AbortController().signal);
      return { counted: view.counted.size };
    };
  },
  ingester(store) {
    const { signal } = new AbortController();
    const logs = Array.from(
      { length: PARTITIONS },
      (_, partition) => new CommitLog({ store, dataset: DATASET, partition, snapshotEvery: 1000 }),
    );
    let sequence = 0;
    return async ({ time, day, hour }) => {
      if (hour === 0 && day === 0) for (const log of logs) await log.catchUp(signal);
      for (const [partition, log] of logs.entries()) {
        const parts = [];
        const packs = {};
        for (let page = partition; page < pages; page += PARTITIONS) {
          const recordingId = `page-${digits(page, 5)}-day-${digits(day, 3)}`;
          const name = `${digits(partition, 2)}-${digits(log.next, 16)}-${randomBytes(6).toString("hex")}`;
          const key = `v1/${DATASET}/log-parts/${recordingId}/${name}.rrd`;
          const storeId = { kind: "recording", applicationId: "pages", recordingId };
          const facts = { bytes: PAGE_BYTES, sha256: "0".repeat(64), chunks: 10, rows: 100, staticBytes: 500 };
          parts.push({ key, store: storeId, ...facts });
          await store.create(key, { size: PAGE_BYTES });
          packs[`${digits(day, 4)}${digits(page, 12)}`] = [hour * 10 + 1, hour * 10 + 10];
        }
        const commit = {
          owner: `${day}-${hour}-${partition}`,
          stream: "first",
          last: ++sequence,
          parts,
          packs,
          time,
          runDays: RUN_DAYS,
        };
        await log.append(commit, signal);
        await log.writeSnapshot(signal);
      }
      return {};
    };
  },
  compactor(store) {
    const merge = async (parts) => {
      const bytes = parts.reduce((sum, { size }) => sum + size, 0);
      const body = { size: bytes, chunks: async function* () {} };
      const sha256 = randomBytes(32).toString("hex");
      return { merged: { body, bytes, sha256, chunks: 1, rows: 1, parts }, leftOut: [], release: async () => {} };
    };
    return async ({ hour }) => {
      if (hour !== 23) return {};
      await removeOldPartsWith(store, { dataset: DATASET, keepDays }, async () => undefined);
      const report = await new Compaction(store, {
        dataset: DATASET,
        recordingIds: undefined,
        share: { index: 1, count: 1 },
        concurrency: 4,
        limits: { maxBytes: 4e9, minParts: 4 },
        merge,
        deleteAfterMs: DELETE_AFTER_MS,
        sweepAfterMs: DAY_MS,
        foldAfterCount: 4,
        snapshotEvery: 1000,
        dryRun: false,
        onCompacted: undefined,
        onDeleted: undefined,
        signal: undefined,
      }).run();
      const [failed] = report.failed;
      if (failed !== undefined) throw failed.error;
      return {};
    };
  },
};

const bucket = new Bucket();
const requests = {};
const programs = Object.entries(PROGRAMS).map(([name, start]) => ({
  name,
  perform: start(storeOf(bucket, requests, name)),
}));
const started = performance.now();
for (let day = 0; day < days; day++) {
  for (const name of Object.keys(requests)) requests[name] = 0;
  let [sent, counted] = [0, 0];
  for (let hour = 0; hour < 24; hour++) {
    const time = START + day * DAY_MS + hour * HOUR_MS;
    bucket.now = time;
    const busyRobots = hour >= 8 && hour < 8 + ROBOT_HOURS ? robots : 0;
    for (let robot = 0; robot < busyRobots; robot++) {
      const id = `robot-${digits(robot, 4)}-day-${digits(day, 3)}`;
      const run = `robot-${digits(day * 1000 + robot, 32)}`;
      for (let part = 0; part < PARTS_AN_HOUR; part++) {
        const number = (hour - 8) * PARTS_AN_HOUR + part + 1;
        bucket.create(`v1/${DATASET}/direct/${id}/${run}/${digits(number, 8)}.rrd`, ROBOT_BYTES);
        sent++;
      }
    }
    for (const { perform } of programs) counted = (await perform({ time, day, hour })).counted ?? counted;
  }
  if ((day + 1) % REPORT_DAYS !== 0) continue;
  const { objects, bytes } = bucket;
  const seconds = Math.round((performance.now() - started) / 1000);
  const all = { robots: sent, ...requests };
  console.log(
    JSON.stringify({ day: day + 1, parts: counted, objects, bytes, requests: all, heap: heapBytes(), seconds }),
  );
}
