import type { ByteSource, ObjectBody, ObjectInfo, ObjectStore } from "../../packages/cloud/src/store/object-store.ts";
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
  readonly #world: World;
  readonly #latencyMs: number;
  readonly #makeError: MakeError;
  readonly #onCreated: (key: string, bytes: Uint8Array) => void;

  constructor(
    world: World,
    options: { readonly faults: number; readonly latencyMs: number; readonly makeError: MakeError },
    onCreated: (key: string, bytes: Uint8Array) => void,
  ) {
    this.#world = world;
    this.faults = options.faults;
    this.#latencyMs = options.latencyMs;
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
          return bytes === undefined ? undefined : { key, size: bytes.byteLength };
        }),
      read: (key) =>
        this.#request(process, () => {
          const bytes = this.objects.get(key);
          if (bytes === undefined) throw this.#makeError("NOT_FOUND", `no ${key}`);
          return bytes;
        }),
      list: (prefix, { startAfter = "" } = {}) => this.#list(process, prefix, startAfter),
      delete: (key) => this.#request(process, () => void this.objects.delete(key)),
    };
  }

  #create(key: string, bytes: Uint8Array): boolean {
    if (this.objects.has(key)) return false;
    this.objects.set(key, bytes);
    this.#onCreated(key, bytes);
    return true;
  }

  async *#list(process: SimulatedProcess, prefix: string, startAfter: string): AsyncGenerator<ObjectInfo> {
    const keys = await this.#request(process, () =>
      [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > startAfter).sort(),
    );
    for (const key of keys) yield { key, size: this.objects.get(key)?.byteLength ?? 0 };
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
