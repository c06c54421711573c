import { VERSION, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { OpfsStorage } from "./opfs-storage.ts";
import type { FromStorage, ToStorage } from "./storage-protocol.ts";
import { StorageError } from "./storage-types.ts";

/** The used part of a dedicated worker's global scope, because this package compiles with the types of pages. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<ToStorage>) => void): void;
  postMessage(message: FromStorage, transfer?: readonly Transferable[]): void;
}

type Request<Type extends ToStorage["type"]> = Extract<ToStorage, { type: Type }>;

/** Serves one storage to the page that has started this worker. */
export function serveStorage(): void {
  const scope = globalThis as unknown as WorkerScope;
  const server = new StorageServer((message, transfer = []) => scope.postMessage(message, transfer));
  scope.addEventListener("message", ({ data }) => server.receive(data));
  const started: FromStorage = { type: "started", version: VERSION };
  scope.postMessage(started, []);
}

/** Performs the requests of a page one after the other, in the order in which the page has sent them. */
class StorageServer {
  readonly #post: (message: FromStorage, transfer?: readonly Transferable[]) => void;
  #storage: OpfsStorage | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(post: (message: FromStorage, transfer?: readonly Transferable[]) => void) {
    this.#post = post;
  }

  receive(request: ToStorage): void {
    this.#last = this.#last
      .then(() => this.#handle(request))
      .catch((error: unknown) => this.#post({ type: "warning", message: messageOf(error) }));
  }

  async #handle(request: ToStorage): Promise<void> {
    switch (request.type) {
      case "open":
        return this.#open(request);
      case "append":
        return this.#append(request);
      case "flush":
        await this.#storage?.flush();
        return this.#post({ type: "done", call: request.call });
      case "read": {
        const segment = await this.#storage?.read(request.after);
        const transfer = segment === undefined ? [] : [segment.rrd.buffer];
        return this.#post({ type: "done", call: request.call, segment }, transfer);
      }
      case "claim":
        return this.#storage?.claim(request.id);
      case "seal":
        return this.#storage?.seal();
      case "release":
        return this.#storage?.release(request.id);
      case "close":
        await this.#storage?.close(request.isEmpty);
        this.#storage = undefined;
        return this.#post({ type: "done", call: request.call });
    }
  }

  async #open({ options, version }: Request<"open">): Promise<void> {
    const post = this.#post;
    try {
      if (version !== VERSION)
        throw new StorageError("UNSUPPORTED", `its worker has the version ${VERSION}, and the page another one`);
      this.#storage = await OpfsStorage.open(options, {
        onFound: (bytes) => post({ type: "found", bytes }),
        onEvicted: (evicted) => post({ type: "evicted", evicted }),
        onUnstored: (unstored) => post({ type: "unstored", unstored }),
        onWarning: (message) => post({ type: "warning", message }),
        onFailure: ({ code, message }) => post({ type: "failure", code, message }),
        onWorking: () => post({ type: "working" }),
      });
      post({ type: "opened" });
    } catch (error) {
      const code = error instanceof StorageError || isRerunError(error) ? error.code : codeOf(error);
      post({ type: "refused", code, message: messageOf(error) });
    }
  }

  async #append({ items, bytes, returns }: Request<"append">): Promise<void> {
    for (const { id, message } of items) await this.#storage?.append(id, message);
    // The log still needs the payloads of the retained state when it writes this state again.
    const returned = items.filter(({ message }) => returns && message.retentionKey === undefined);
    const payloads = returned.map(({ message }) => message.payload);
    this.#post(
      { type: "written", bytes, payloads },
      payloads.map(({ buffer }) => buffer),
    );
  }
}

/** Firefox in private windows and old browsers have no such file system. */
function codeOf(error: unknown): StorageError["code"] {
  const { name } = (error ?? {}) as { name?: string };
  return name === "NotSupportedError" || name === "SecurityError" || name === "TypeError" ? "UNSUPPORTED" : "IO_ERROR";
}
