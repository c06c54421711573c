import type { ObjectInfo, ObjectStore } from "@rerun-ts/storage";

const PAGE = 1000;

/** A store with a great many parts that exist only as keys, beside the objects of another store. It counts requests. */
export class SimulatedParts implements ObjectStore {
  readonly url = "simulated:";
  /** The requests of lists and reads, as a bucket with 1,000 keys in each answer counts them. */
  requests = 0;
  readonly #objects: ObjectStore;
  readonly #recordings: readonly string[];
  readonly #parts: number;
  readonly #newest: number;

  /**
   * @param newest the time of the last part of the first recording. Each later one has ended a minute earlier
   */
  constructor(objects: ObjectStore, recordings: number, parts: number, newest: number) {
    this.#objects = objects;
    this.#recordings = Array.from({ length: recordings }, (_, index) => `old-${String(index).padStart(6, "0")}`);
    this.#parts = parts;
    this.#newest = newest;
  }

  /** The keys of all simulated parts, in order. */
  *keys(from = 0, to: number = this.#recordings.length): Generator<string> {
    for (let index = from; index < to; index++)
      for (let part = 1; part <= this.#parts; part++)
        yield `v1/fleet/direct/${this.#recordings[index]}/robot-0123456789abcdef/${String(part).padStart(8, "0")}.rrd`;
  }

  create(...args: Parameters<ObjectStore["create"]>): ReturnType<ObjectStore["create"]> {
    return this.#objects.create(...args);
  }

  head(...args: Parameters<ObjectStore["head"]>): ReturnType<ObjectStore["head"]> {
    return this.#objects.head(...args);
  }

  delete(...args: Parameters<ObjectStore["delete"]>): ReturnType<ObjectStore["delete"]> {
    return this.#objects.delete(...args);
  }

  read(...args: Parameters<ObjectStore["read"]>): ReturnType<ObjectStore["read"]> {
    this.requests++;
    return this.#objects.read(...args);
  }

  async *list(
    prefix: string,
    { startAfter = "" }: { startAfter?: string | undefined } = {},
  ): AsyncGenerator<ObjectInfo> {
    this.requests++;
    let count = 0;
    const own: ObjectInfo[] = [];
    for await (const object of this.#objects.list(prefix, { startAfter })) own.push(object);
    for (const object of this.#merged(prefix, startAfter, own)) {
      if (count > 0 && count % PAGE === 0) this.requests++;
      count++;
      yield object;
    }
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    const folders = new Set<string>();
    for await (const folder of this.#objects.listFolders?.(prefix) ?? []) folders.add(folder);
    if (prefix === "v1/fleet/direct/") for (const id of this.#recordings) folders.add(`${prefix}${id}/`);
    const [id] = /old-\d+(?=\/$)/.exec(prefix) ?? [];
    if (id !== undefined) folders.add(`${prefix}robot-0123456789abcdef/`);
    this.requests += Math.max(1, Math.ceil(folders.size / PAGE));
    yield* [...folders].sort();
  }

  *#merged(prefix: string, startAfter: string, own: readonly ObjectInfo[]): Generator<ObjectInfo> {
    let next = 0;
    const [index = -1] = /(?<=\/old-)\d+/.exec(prefix) ?? [];
    const keys = prefix === "v1/fleet/direct/" ? this.keys() : this.keys(Number(index), Number(index) + 1);
    for (const key of Number(index) < 0 && prefix !== "v1/fleet/direct/" ? [] : keys) {
      if (!key.startsWith(prefix) || key <= startAfter) continue;
      for (; (own[next]?.key ?? "~") < key; next++) yield own[next] as ObjectInfo;
      const recording = Number(key.slice(20, 26));
      yield { key, size: 1000, modified: new Date(this.#newest - 60_000 * recording) };
    }
    yield* own.slice(next);
  }
}
