import { messageOf } from "@rerun-ts/core/checks";
import { OpfsStorage } from "./opfs-storage.ts";
import type { FromStorage, ToStorage } from "./storage-protocol.ts";
import { StorageError } from "./storage-types.ts";

/** The part of a dedicated worker's global scope that is used; this package's types are those of pages. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<ToStorage>) => void): void;
  postMessage(message: FromStorage, transfer?: readonly Transferable[]): void;
}

/** Serves one storage to the page that has started this worker. */
export function serveStorage(): void {
  const scope = globalThis as unknown as WorkerScope;
  const post = (message: FromStorage, transfer: readonly Transferable[] = []): void =>
    scope.postMessage(message, transfer);
  let storage: OpfsStorage | undefined;
  let last: Promise<void> = Promise.resolve();
  // One after the other, in the order in which the page has asked.
  scope.addEventListener("message", ({ data }) => {
    last = last
      .then(() => handle(data))
      .catch((error: unknown) => post({ type: "warning", message: messageOf(error) }));
  });

  async function open(options: Extract<ToStorage, { type: "open" }>["options"]): Promise<void> {
    try {
      storage = await OpfsStorage.open(options, {
        onFound: (bytes) => post({ type: "found", bytes }),
        onEvicted: (evicted) => post({ type: "evicted", evicted }),
        onUnstored: (unstored) => post({ type: "unstored", unstored }),
        onWarning: (message) => post({ type: "warning", message }),
        onFailure: ({ code, message }) => post({ type: "failure", code, message }),
      });
      post({ type: "opened" });
    } catch (error) {
      const code = error instanceof StorageError ? error.code : codeOf(error);
      post({ type: "refused", code, message: messageOf(error) });
    }
  }

  async function handle(data: ToStorage): Promise<void> {
    switch (data.type) {
      case "open":
        return open(data.options);
      case "append": {
        for (const { id, message } of data.items) await storage?.append(id, message);
        // The retained state is needed when it is written anew.
        const kept = data.items.filter(({ message }) => data.returns && message.retentionKey === undefined);
        const payloads = kept.map(({ message }) => message.payload);
        return post(
          { type: "written", bytes: data.bytes, payloads },
          payloads.map(({ buffer }) => buffer),
        );
      }
      case "flush":
        storage?.flush();
        return post({ type: "done", call: data.call });
      case "read": {
        const segment = await storage?.read(data.after);
        return post({ type: "done", call: data.call, segment }, segment === undefined ? [] : [segment.rrd.buffer]);
      }
      case "claim":
        return storage?.claim(data.id);
      case "seal":
        return storage?.seal();
      case "release":
        return storage?.release(data.id);
      case "close":
        await storage?.close(data.isEmpty);
        storage = undefined;
        return post({ type: "done", call: data.call });
    }
  }
}

/** Firefox in private windows and old browsers have no such file system. */
function codeOf(error: unknown): StorageError["code"] {
  const { name } = (error ?? {}) as { name?: string };
  return name === "NotSupportedError" || name === "SecurityError" || name === "TypeError" ? "UNSUPPORTED" : "IO_ERROR";
}
