import type { Commit } from "../../packages/cloud/src/commits/commit.ts";

const COMMIT = /^v1\/[^/]+\/log\/([^/]+)\/(\d+)[.]json$/;
const SNAPSHOT = /^v1\/[^/]+\/log-snapshots\/([^/]+)\/(\d+)[.]json$/;
const PART = /^v1\/[^/]+\/log-parts\//;
const STREAM_HEADER_LENGTH = 12;
const MESSAGE_HEADER_LENGTH = 16;
const CHUNK = 2;

/** What the store has committed, checked whenever an object is created. */
export class Ledger {
  /** The commit of each message. */
  readonly committed = new Map<string, string>();
  readonly #packs = new Map<string, string>();
  readonly #commits = new Map<string, Commit[]>();
  readonly #objects: ReadonlyMap<string, Uint8Array>;

  constructor(objects: ReadonlyMap<string, Uint8Array>) {
    this.#objects = objects;
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
      const bytes = this.#objects.get(part.key);
      if (bytes === undefined) throw new Error(`${key} names a part that does not exist`);
      for (const message of messagesOf(bytes)) note(this.committed, message, key);
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
    const found = snapshot as { readonly through: number; readonly streams: object; readonly packs: Commit["packs"] };
    const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
    const isSame =
      found.through === through &&
      sameEntries(found.streams, streams) &&
      sameEntries(
        Object.fromEntries(Object.entries(found.packs).map(([run, ranges]) => [run, sorted(numbersIn(ranges)).join()])),
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
function messagesOf(part: Uint8Array): string[] {
  const names: string[] = [];
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = STREAM_HEADER_LENGTH; view.getUint8(at) !== 0;) {
    const length = view.getUint32(at + 8, true);
    const start = at + MESSAGE_HEADER_LENGTH;
    if (view.getUint8(at) === CHUNK)
      names.push(new TextDecoder().decode(part.subarray(start, start + length)).split(" ", 1)[0] ?? "");
    at = start + length;
  }
  return names;
}
