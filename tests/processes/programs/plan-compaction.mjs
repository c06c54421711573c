// Plans the compaction of a great many parts that exist only as keys, and measures its memory and requests:
// `plan-compaction '{"recordings":10000,"parts":500,"kind":"uploaded","share":{"index":1,"count":8}}'`. The parts were
// uploaded by producers, or "committed" by ingesters. With "keepBytes" it plans the removal of old recordings instead.
import { existsSync, readFileSync } from "node:fs";
import { compactParts, removeOldParts } from "@rerun-ts/storage";

const [settings = "{}"] = process.argv.slice(2);
const { recordings, parts, kind, share, keepBytes, concurrency } = JSON.parse(settings);

const PAGE = 1000;
const SIZE = 64_000;
const PARTITIONS = 64;
/** The recordings of which a commit has a part. */
const COMMITTED = 8;
/** The parts of every second recording that were replaced, and wait for their deletion. */
const REPLACED = Math.min(20, parts - 1);
const NOW = Date.now();
const times = Array.from({ length: 8 }, (_, day) => new Date(NOW - (day + 1) * 24 * 3_600_000));

const counts = { lists: 0, reads: 0, others: 0 };
const dataset = "v1/fleet/";
const idOf = (recording) => `page-${String(recording).padStart(7, "0")}`;
const digits = (number, length) => String(number).padStart(length, "0");
/** The digits of the SHA-256 of a part. */
const hashOf = (recording, part) => digits((recording * 65_536 + part).toString(16), 12);
const perStep = Math.ceil(recordings / PARTITIONS / COMMITTED);

function commitOf(recording, part) {
  const group = Math.floor(Math.floor(recording / PARTITIONS) / COMMITTED);
  return { partition: recording % PARTITIONS, number: part * perStep + group + 1 };
}

function logPartKey(recording, part) {
  const { partition, number } = commitOf(recording, part);
  const name = `${digits(partition, 2)}-${digits(number, 16)}-${hashOf(recording, part)}.rrd`;
  return `${dataset}log-parts/${idOf(recording)}/${name}`;
}

function directKey(recording, part) {
  return `${dataset}direct/${idOf(recording)}/robot-${digits(recording.toString(16), 16)}/${digits(part + 1, 8)}.rrd`;
}

const partKey = kind === "committed" ? logPartKey : directKey;
const madeKey = (recording) =>
  `${dataset}compact-parts/${idOf(recording)}/${digits(1, 16)}-${hashOf(recording, 9999)}.rrd`;
const replacementKey = (recording) => `${dataset}compact/${idOf(recording)}/${digits(1, 16)}.json`;

/** The folders of objects: which recordings have how many of them. */
const FOLDERS = {
  [kind === "committed" ? "log-parts" : "direct"]: { keyOf: partKey, count: () => parts },
  "compact-parts": { keyOf: madeKey, count: (recording) => (recording % 2 === 0 ? 1 : 0) },
  compact: { keyOf: replacementKey, count: (recording) => (recording % 2 === 0 ? 1 : 0) },
};

/** The first recording that may have a key behind another. */
function firstBehind(folder, startAfter) {
  let [low, high] = [0, recordings];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (`${dataset}${folder}/${idOf(middle)}/~` > startAfter) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function* list(prefix, { startAfter = "" } = {}) {
  const [, folder, id] = /^v1\/fleet\/([^/]+)\/(?:([^/]+)\/)?$/.exec(prefix) ?? [];
  const { keyOf, count } = FOLDERS[folder] ?? {};
  let page = [];
  const first = id === undefined ? 0 : Number(id.slice(5));
  const last = keyOf === undefined ? -1 : id === undefined ? recordings - 1 : first;
  for (let recording = Math.max(first, firstBehind(folder, startAfter)); recording <= last; recording++) {
    for (let part = 0; part < count(recording); part++) {
      const key = keyOf(recording, part);
      if (key <= startAfter) continue;
      page.push({ key, size: SIZE, etag: `"${hashOf(recording, part)}"`, modified: new Date(times[part % 8]) });
      if (page.length < PAGE) continue;
      counts.lists++;
      await new Promise(setImmediate);
      yield* page;
      page = [];
    }
  }
  counts.lists++;
  yield* page;
}

async function* listFolders(prefix) {
  const { count } = FOLDERS[prefix.slice(dataset.length, -1)] ?? { count: () => 0 };
  for (let recording = 0; recording < recordings; recording++) {
    if (recording % PAGE === 0) counts.lists++;
    if (count(recording) > 0) yield `${prefix}${idOf(recording)}/`;
  }
}

function commitAt(partition, number) {
  const [part, group] = [Math.floor((number - 1) / perStep), (number - 1) % perStep];
  const own = Array.from({ length: COMMITTED }, (_, at) => (group * COMMITTED + at) * PARTITIONS + partition);
  return {
    version: 2,
    owner: `ingester-${number}`,
    stream: "2026-01-01T00:00:00Z",
    last: number,
    parts: own
      .filter((recording) => recording < recordings)
      .map((recording) => ({
        key: logPartKey(recording, part),
        store: { kind: "recording", applicationId: "pages", recordingId: idOf(recording) },
        bytes: SIZE,
        sha256: hashOf(recording, part).padEnd(64, "0"),
        chunks: 10,
        rows: 1000,
        staticBytes: 2000,
      })),
    packs: Object.fromEntries(own.map((recording) => [`run-${recording}`, [1, 1000 * (part + 1)]])),
  };
}

function replacementOf(recording) {
  return {
    version: 1,
    owner: "compactor",
    adds: [
      {
        key: madeKey(recording),
        bytes: SIZE,
        sha256: hashOf(recording, 9999).padEnd(64, "0"),
        chunks: 1,
        rows: 1,
        newest: times[0].toISOString(),
      },
    ],
    removes: Array.from({ length: REPLACED }, (_, part) => partKey(recording, part)),
  };
}

const created = new Map();
const store = {
  url: "synthetic:",
  list,
  listFolders,
  async create(key) {
    counts.others++;
    if (!created.has(key)) return created.set(key, new Date()) !== undefined;
    return false;
  },
  async head(key) {
    counts.others++;
    const modified = key.includes("/compact-parts/") ? times[0] : created.get(key);
    return modified && { key, size: SIZE, modified };
  },
  async read(key) {
    counts.reads++;
    await new Promise(setImmediate);
    const [, partition, number] = /\/log\/(\d\d)\/(\d+)\.json$/.exec(key) ?? [];
    const [, recording] = /\/compact\/page-(\d+)\//.exec(key) ?? [];
    const value = number === undefined ? replacementOf(Number(recording)) : commitAt(Number(partition), Number(number));
    return new TextEncoder().encode(JSON.stringify(value));
  },
  async delete(key) {
    counts.others++;
    created.delete(key);
  },
};

/** The peak memory in bytes. On Linux the other number begins with that of the process that has started this one. */
function peakMemory() {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

const before = performance.now();
const result = { groups: 0, parts: 0, deleted: 0, removed: 0 };
if (keepBytes === undefined) {
  const { compacted, deleted } = await compactParts(store, { dataset: "fleet", share, concurrency, dryRun: true });
  Object.assign(result, { groups: compacted.groups, parts: compacted.parts, deleted: deleted.objects });
} else result.removed = (await removeOldParts(store, { dataset: "fleet", share, keepBytes, dryRun: true })).parts;
const seconds = Math.round((performance.now() - before) / 100) / 10;
console.log(JSON.stringify({ ...result, peak: peakMemory(), seconds, ...counts }));
