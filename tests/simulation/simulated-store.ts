import type { ByteSource, ObjectBody, ObjectInfo, ObjectStore } from "../../packages/storage/src/store/object-store.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { World } from "./world.ts";

/** How long after its failure a request may still arrive. */
const LATE_MS = 30_000;

type MakeError = (code: "CONNECTION" | "NOT_FOUND", message: string) => Error;

/** An object store, as it is seen from several processes. */
export class SimulatedStore {
  /** The share of requests that fail. */
  faults: number;
  isDown = false;
  readonly objects = new Map<string, Uint8Array>();
  /** The times of their creation, in milliseconds of the world. */
  readonly times = new Map<string, number>();
  /** The store calls this function with the key of each object before it deletes the object. */
  onDelete: (key: string) => void = () => {};
  readonly #world: World;
  readonly #latencyMs: number;
  readonly #pageSize: number;
  readonly #makeError: MakeError;
  readonly #onCreated: (key: string, bytes: Uint8Array) => void;

  constructor(
    world: World,
    options: {
      readonly faults: number;
      readonly latencyMs: number;
      readonly makeError: MakeError;
      /** The number of keys in one answer of a list. Default: all. */
      readonly pageSize?: number;
    },
    onCreated: (key: string, bytes: Uint8Array) => void,
  ) {
    this.#world = world;
    this.faults = options.faults;
    this.#latencyMs = options.latencyMs;
    this.#pageSize = options.pageSize ?? Infinity;
    this.#makeError = options.makeError;
    this.#onCreated = onCreated;
  }

  /** The store as a process sees it. */
  client(process: SimulatedProcess): ObjectStore {
    return {
      url: "simulated:",
      create: async (key, body) => {
        const bytes = await bytesOf(body);
        return this.#request(process, () => this.#create(key, bytes));
      },
      head: (key) =>
        this.#request(process, () => {
          const bytes = this.objects.get(key);
          return bytes === undefined ? undefined : this.#infoOf(key, bytes);
        }),
      read: (key, { offset = 0, length = Infinity } = {}) =>
        this.#request(process, () => {
          const bytes = this.objects.get(key);
          if (bytes === undefined) throw this.#makeError("NOT_FOUND", `no ${key}`);
          return bytes.subarray(offset, offset + length);
        }),
      list: (prefix, { startAfter = "" } = {}) => this.#list(process, prefix, startAfter),
      delete: (key) => this.#request(process, () => this.#delete(key)),
    };
  }

  #create(key: string, bytes: Uint8Array): boolean {
    if (this.objects.has(key)) return false;
    this.objects.set(key, bytes);
    this.times.set(key, this.#world.now);
    this.#onCreated(key, bytes);
    return true;
  }

  #delete(key: string): void {
    if (this.objects.has(key)) this.onDelete(key);
    this.objects.delete(key);
  }

  #infoOf(key: string, bytes: Uint8Array): ObjectInfo {
    return { key, size: bytes.byteLength, modified: new Date(this.times.get(key) ?? 0) };
  }

  async *#list(process: SimulatedProcess, prefix: string, startAfter: string): AsyncGenerator<ObjectInfo> {
    for (let after: string | undefined = startAfter; after !== undefined;) {
      const last: string = after;
      // Each answer shows the objects of its moment.
      const page = await this.#request(process, () =>
        [...this.objects]
          .filter(([key]) => key.startsWith(prefix) && key > last)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, this.#pageSize)
          .map(([key, bytes]) => this.#infoOf(key, bytes)),
      );
      yield* page;
      after = page.length < this.#pageSize ? undefined : page.at(-1)?.key;
    }
  }

  /** A request: it fails before it arrives, or its answer gets lost, or it arrives long after it has failed. */
  #request<T>(process: SimulatedProcess, work: () => T): Promise<T> {
    const world = this.#world;
    return new Promise((resolve, reject) => {
      const fail = (): void => process.notify(() => reject(this.#makeError("CONNECTION", "the store fails")));
      world.after(this.#delay(), () => {
        const fault = this.isDown ? "before" : this.#fault();
        if (fault === "before") return fail();
        if (fault === "late") {
          world.after(world.random() * LATE_MS, () =>
            attempt(
              work,
              () => {},
              () => {},
            ),
          );
          return fail();
        }
        attempt(
          work,
          (value) => world.after(this.#delay(), fault === "answer" ? fail : () => process.notify(() => resolve(value))),
          (error) => world.after(this.#delay(), () => process.notify(() => reject(error))),
        );
      });
    });
  }

  #fault(): "before" | "answer" | "late" | undefined {
    if (this.#world.random() >= this.faults) return undefined;
    return (["before", "answer", "late"] as const)[Math.floor(this.#world.random() * 3)];
  }

  #delay(): number {
    return this.#world.random() * 2 * this.#latencyMs;
  }
}

function attempt<T>(work: () => T, onValue: (value: T) => void, onError: (error: Error) => void): void {
  let value: T;
  try {
    value = work();
  } catch (error) {
    return onError(error as Error);
  }
  onValue(value);
}

async function bytesOf(body: ObjectBody): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const pieces: Uint8Array[] = [];
  for await (const piece of (body as ByteSource).chunks()) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
