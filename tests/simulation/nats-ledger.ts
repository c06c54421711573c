import { createHash } from "node:crypto";
import type { Commit } from "../../packages/storage/src/commits/commit.ts";

const COMMIT = /^v1\/[^/]+\/log\/([^/]+)\/(\d+)[.]json$/;
const SNAPSHOT = /^v1\/[^/]+\/log-snapshots\/([^/]+)\/(\d+)[.]json$/;
const PART = /^v1\/[^/]+\/log-(?:parts|bundles)\//;
const STREAM_HEADER_LENGTH = 12;
const MESSAGE_HEADER_LENGTH = 16;
const CHUNK = 2;

/** The name of a static message: its producer and its number. */
export const STATIC_NAME = /^s(\d+)-(\d+) /;

/** The name of a static message. */
export function staticName(producer: number, number: number): string {
  return `s${producer}-${number}`;
}

/** The contents that the store has committed, checked at the creation of each object. */
export class Ledger {
  /** The commit of each message. */
  readonly committed = new Map<string, string>();
  readonly #packs = new Map<string, string>();
  readonly #commits = new Map<string, Commit[]>();
  readonly #objects: ReadonlyMap<string, Uint8Array>;
  /** The newest static message of each producer, by the partition and the recording that have it. */
  readonly #statics = new Map<string, Map<string, number>>();
  /** The static messages in the parts of which the beginnings still count, likewise. */
  readonly #beginnings = new Map<string, readonly (readonly string[])[]>();

  readonly #isStaticRepeated: boolean;

  /** @param isStaticRepeated whether the beginnings that count must have all static data */
  constructor(objects: ReadonlyMap<string, Uint8Array>, isStaticRepeated: boolean) {
    this.#objects = objects;
    this.#isStaticRepeated = isStaticRepeated;
  }

  /** The number of commits. */
  get count(): number {
    return [...this.#commits.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** @throws {Error} that says which promise is broken */
  onCreated(key: string, bytes: Uint8Array): void {
    const [, log, number] = COMMIT.exec(key) ?? SNAPSHOT.exec(key) ?? [];
    if (PART.test(key)) return;
    if (log === undefined) throw new Error(`the object ${key} has no place`);
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Commit;
    if (SNAPSHOT.test(key)) this.#checkSnapshot(log, Number(number), value);
    else this.#onCommit(key, log, Number(number), value);
  }

  #onCommit(key: string, log: string, number: number, commit: Commit): void {
    const before = this.#commits.get(log) ?? [];
    if (number !== before.length + 1) throw new Error(`commit ${number} follows ${before.length}`);
    this.#commits.set(log, [...before, commit]);
    for (const [run, ranges] of Object.entries(commit.packs))
      for (const pack of numbersIn(ranges)) note(this.#packs, `pack ${run}-${pack}`, key);
    for (const part of commit.parts) {
      const { bundle, sha256 } = part;
      const object = this.#objects.get(bundle?.key ?? part.key);
      if (object === undefined) throw new Error(`${key} names a part that does not exist`);
      const bytes = bundle === undefined ? object : object.subarray(bundle.offset, bundle.offset + part.bytes);
      if (createHash("sha256").update(bytes).digest("hex") !== sha256)
        throw new Error(`${key} names a part with other bytes`);
      const names = namesOf(bytes);
      for (const message of names) {
        if (STATIC_NAME.test(`${message} `)) this.committed.set(message, key);
        else note(this.committed, message, key);
      }
      if (this.#isStaticRepeated) this.#checkStatics(part, `${log} ${part.store.recordingId}`, names);
    }
  }

  /** The beginnings that count must have the newest static data of all parts, each once. */
  #checkStatics(
    { key, staticBytes, earlierStatics = 0 }: Commit["parts"][number],
    place: string,
    names: readonly string[],
  ): void {
    const beginnings = this.#beginnings.get(place)?.slice(0, earlierStatics) ?? [];
    if (staticBytes !== undefined) beginnings.push(names);
    this.#beginnings.set(place, beginnings);
    const statics = this.#statics.get(place) ?? new Map<string, number>();
    this.#statics.set(place, statics);
    const staticsIn = (some: readonly string[]): { producer: string; number: number }[] =>
      some.flatMap((name) => {
        const [, producer = "", number] = STATIC_NAME.exec(`${name} `) ?? [];
        return number === undefined ? [] : [{ producer, number: Number(number) }];
      });
    const found = beginnings.flatMap(staticsIn);
    for (const { producer, number } of staticsIn(names))
      statics.set(producer, Math.max(number, statics.get(producer) ?? 0));
    for (const [producer, number] of statics) {
      const count = found.filter((each) => each.producer === producer && each.number === number).length;
      if (count !== 1) throw new Error(`${key} has static data ${producer}-${number} ${count} times`);
    }
  }

  /** A snapshot must say the same as the commits up to it. */
  #checkSnapshot(log: string, through: number, snapshot: unknown): void {
    const packs: Record<string, Set<number>> = {};
    const streams: Record<string, number> = {};
    for (const commit of (this.#commits.get(log) ?? []).slice(0, through)) {
      streams[commit.stream] = Math.max(streams[commit.stream] ?? 0, commit.last);
      for (const [run, ranges] of Object.entries(commit.packs))
        for (const pack of numbersIn(ranges)) (packs[run] ??= new Set()).add(pack);
    }
    const found = snapshot as {
      readonly through: number;
      readonly streams: object;
      readonly runs: Record<string, Commit["packs"]>;
    };
    const foundPacks = Object.assign({}, ...Object.values(found.runs)) as Commit["packs"];
    const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
    const isSame =
      found.through === through &&
      sameEntries(found.streams, streams) &&
      sameEntries(
        Object.fromEntries(Object.entries(foundPacks).map(([run, ranges]) => [run, sorted(numbersIn(ranges)).join()])),
        Object.fromEntries(Object.entries(packs).map(([run, numbers]) => [run, sorted(numbers).join()])),
      );
    if (!isSame) throw new Error(`the snapshot after ${through} commits does not follow from them`);
  }
}

function note(known: Map<string, string>, name: string, key: string): void {
  const other = known.get(name);
  if (other !== undefined) throw new Error(`${name} is committed twice: in ${other} and in ${key}`);
  known.set(name, key);
}

function numbersIn(ranges: readonly number[]): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < ranges.length; at += 2)
    for (let number = ranges[at] as number; number <= (ranges[at + 1] as number); number++) numbers.push(number);
  return numbers;
}

function sameEntries(a: object, b: object): boolean {
  const text = (value: object): string => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

/** The names that the payloads of a part's chunks begin with. */
function namesOf(part: Uint8Array): string[] {
  return payloadsOf(part).map((payload) => new TextDecoder().decode(payload).split(" ", 1)[0] ?? "");
}

/** The payloads of the chunks of a part, or of its beginning. */
export function payloadsOf(part: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = STREAM_HEADER_LENGTH; at < part.byteLength && view.getUint8(at) !== 0;) {
    const length = view.getUint32(at + 8, true);
    const start = at + MESSAGE_HEADER_LENGTH;
    if (view.getUint8(at) === CHUNK) payloads.push(part.subarray(start, start + length));
    at = start + length;
  }
  return payloads;
}
