import type { Patch } from "./build.ts";
import type { NatsSchedule } from "./nats-schedule.ts";

const INGEST = "packages/storage/src/ingest";
const NATS = "packages/storage/src/nats";

/** A fault of the protocol by which packs reach the store. */
export interface NatsFault {
  /** The message of the simulation about it. */
  readonly finding: RegExp;
  /** The part that all schedules of its search have in common, so that the search does not take long. */
  readonly only: Partial<NatsSchedule>;
  /** The seed with which it is found soon. Default 1. */
  readonly seed?: number;
  /** The first schedule of the seed that is tried: those before it do not find the fault. Default 0. */
  readonly first?: number;
  /** Changes that put it into the code. */
  readonly patches: readonly Patch[];
}

/** One log for each stream: all of them are read at the start, and after a conflict. */
const LOG_PER_STREAM: readonly Patch[] = [
  {
    file: `${INGEST}/commit-log.ts`,
    from: "const key = commitKey(dataset, partition, number);\n    const isCreated =",
    to: `const log = \`\${partition}-\${commit.stream}\`;
    const counts = (this.counts ??= new Map());
    const key = commitKey(dataset, log, (counts.get(log) ?? 0) + 1);
    (this.seen ??= new Set()).add(key);
    counts.set(log, (counts.get(log) ?? 0) + 1);
    const undo = () => (counts.set(log, counts.get(log) - 1), this.seen.delete(key));
    const isCreated =`,
  },
  {
    file: `${INGEST}/commit-log.ts`,
    from: "await createObject(store, key, encodeCommit(commit), { signal })",
    to: "await store.create(key, encodeCommit(commit), { signal }).catch((error) => { undo(); throw error; })",
  },
  {
    file: `${INGEST}/commit-log.ts`,
    from: "isCreated ? commit : await this.#read(number, signal);",
    to: `isCreated
      ? commit
      : decodeCommit(await store.read(key, { signal }).catch((error) => { undo(); throw error; }), key);`,
  },
  {
    file: `${INGEST}/commit-log.ts`,
    from: "const first = this.#isLoaded ? this.next : await this.#load(signal);",
    to: `const { store, dataset, partition } = this.#options;
    for await (const { key } of store.list(\`v1/\${dataset}/log/\${partition}-\`, { signal })) {
      if ((this.seen ??= new Set()).has(key)) continue;
      this.#apply(decodeCommit(await store.read(key, { signal }), key));
      this.seen.add(key);
      const log = key.split("/")[3];
      (this.counts ??= new Map()).set(log, (this.counts.get(log) ?? 0) + 1);
    }
    const first = this.next;`,
  },
  {
    file: `${INGEST}/commit-log.ts`,
    from: "while (await this.#readNext(signal)) {",
    to: "while (false) {",
  },
  {
    file: `${INGEST}/commit-log.ts`,
    from: "if (!(await this.#isCurrent(number, signal))) {",
    to: "if (false) {",
  },
];

export const NATS_FAULTS: Readonly<Record<string, NatsFault>> = {
  "a log for each stream hides late commits of a lost stream": {
    only: { partitions: 1, snapshotEvery: 1000 },
    seed: 7,
    finding: /is committed twice/,
    patches: LOG_PER_STREAM,
  },
  "a batch is committed with packs that others have committed meanwhile": {
    only: {},
    finding: /is committed twice/,
    patches: [
      {
        file: `${INGEST}/partition-ingester.ts`,
        from: "this.#dropCommitted(batch);\n    while",
        to: "while",
      },
    ],
  },
  "an ingester does not read the commit that was there first": {
    only: {},
    finding: /is committed twice/,
    patches: [
      {
        file: `${INGEST}/commit-log.ts`,
        from: "this.#apply(found);\n    // An earlier",
        to: "if (isCreated) this.#apply(found); else this.next++;\n    // An earlier",
      },
    ],
  },
  "an ingester forgets static data before the last snapshot": {
    only: { maxBytes: 1_000_000, partitions: 1 },
    seed: 3641,
    first: 1317,
    finding: /has static data .* 0 times/,
    patches: [
      {
        file: `${INGEST}/commit-log.ts`,
        from: "this.#statics = new Map(Object.entries(statics));",
        to: "",
      },
    ],
  },
  "an ingester takes its own static data for that of others": {
    only: { maxBytes: 1_000_000, partitions: 1 },
    seed: 1361,
    first: 4701,
    finding: /has static data .* [02] times/,
    patches: [
      {
        file: `${INGEST}/static-data.ts`,
        from: "const held = this.#held.get(key);",
        to: "const held = this.#held.get(key) ?? [...this.#held.values()].at(-1);",
      },
    ],
  },
  "packs are announced before their commit": {
    only: {},
    finding: /is acknowledged, but not committed/,
    patches: [
      {
        file: `${INGEST}/partition-ingester.ts`,
        from: "const written = await this.#writer.write(number, bodies, batch);",
        to: `for (const [run, packs] of Object.entries(batch.ranges())) this.#context.stream.announce(run, packs, []);
      const written = await this.#writer.write(number, bodies, batch);`,
      },
    ],
  },
  "a commit names parts that are not written yet": {
    only: {},
    finding: /names a part that does not exist/,
    patches: [
      {
        file: `${INGEST}/part-writer.ts`,
        from: `await this.#attempts.repeat("write a part"`,
        to: `void this.#attempts.repeat("write a part"`,
      },
    ],
  },
  "a commit names a bundle that may not be stored": {
    only: {},
    finding: /names a part that does not exist/,
    patches: [
      {
        file: `${INGEST}/part-writer.ts`,
        from: "if ((await this.#create(key, bodyOf(size, pieces), sha256)) !== undefined) return undefined;",
        to: "void this.#create(key, bodyOf(size, pieces), sha256);",
      },
    ],
  },
  "packs count as acknowledged when the stream has them": {
    only: {},
    finding: /is acknowledged, but not committed/,
    patches: [
      {
        file: `${NATS}/nats-writer.ts`,
        from: "this.#onStored(packed, Math.min(...sequences));",
        to: "this.#onStored(packed, 0); this.#onCommitted([pack.number, pack.number + pack.count - 1]);",
      },
    ],
  },
  "packs are not sent again": {
    only: {},
    seed: 55,
    finding: /no progress/,
    patches: [
      {
        file: `${NATS}/nats-writer.ts`,
        from: `return state === "stored" && now - storedAt >=`,
        to: `return state === "stored" && waitMs < 0 && now - storedAt >=`,
      },
    ],
  },
  "ranges of packs become one although a pack between them is missing": {
    only: {},
    finding: /is acknowledged, but not committed|no progress|does not follow from them|is committed twice/,
    first: 241,
    patches: [
      {
        file: "packages/storage/src/commits/pack-ranges.ts",
        from: "(this.#bounds[to] as number) <= last + 1",
        to: "(this.#bounds[to] as number) <= last + 2",
      },
    ],
  },
  "a pack that another edge has sent in part is taken whole": {
    only: {},
    seed: 1218,
    finding: /is committed twice/,
    patches: [
      {
        file: `${INGEST}/partition-ingester.ts`,
        from: "packs = packs.flatMap((pack) => missingPacks(pack, known));",
        to: "packs = packs.filter((pack) => missingPacks(pack, known).length > 0);",
      },
    ],
  },
  "a snapshot has commits behind its number": {
    only: { snapshotEvery: 2 },
    seed: 36,
    finding: /does not follow from them/,
    patches: [
      {
        file: `${INGEST}/commit-log.ts`,
        from: "due.bytes, { signal }",
        to: "encodeSnapshot(this.#snapshot(due.number)), { signal }",
      },
    ],
  },
};
