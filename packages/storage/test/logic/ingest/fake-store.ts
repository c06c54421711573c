import { RerunError } from "@rerun-ts/core";
import type { ObjectBody, ObjectStore } from "../../../dist/store/object-store.js";

/** Objects in memory. Lists lack some of them, as lists of some stores do for a while. */
export class FakeStore {
  readonly objects: Map<string, Uint8Array<ArrayBuffer>> = new Map();
  readonly reads: string[] = [];
  isListed: (key: string) => boolean = () => true;
  /** Whether the response to the next creation is lost, so that it seems that the object was there. */
  losesResponse = false;

  /** Called before an object is created. It may throw. */
  onCreate: (key: string) => void = () => undefined;

  /** Whether an intermediary says that there is an object. */
  claimsToHave: (key: string) => boolean = () => false;

  get store(): ObjectStore {
    const store: Partial<ObjectStore> = {
      url: "memory:",
      create: async (key, body) => {
        this.onCreate(key);
        if (this.claimsToHave(key)) return false;
        if (this.objects.has(key)) return false;
        this.objects.set(key, await bytesOf(body));
        const isLost = this.losesResponse;
        this.losesResponse = false;
        return !isLost;
      },
      head: (key) => {
        const size = this.objects.get(key)?.byteLength;
        return Promise.resolve(size === undefined ? undefined : { key, size });
      },
      read: async (key, { offset = 0, length } = {}) => {
        this.reads.push(key);
        const found = this.objects.get(key);
        if (found === undefined) throw new RerunError("NOT_FOUND", `there is no ${key}`);
        return found.slice(offset, length === undefined ? undefined : offset + length);
      },
      list: (prefix, options) => this.#list(prefix, options?.startAfter),
    };
    return store as ObjectStore;
  }

  async *#list(prefix: string, startAfter = ""): ReturnType<ObjectStore["list"]> {
    for (const key of [...this.objects.keys()].sort())
      if (key.startsWith(prefix) && key > startAfter && this.isListed(key)) yield { key, size: 1 };
  }
}

async function bytesOf(body: ObjectBody): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return body.slice();
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks()) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}
