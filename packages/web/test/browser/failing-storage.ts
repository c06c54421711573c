const WORKER = new URL("../../dist/opfs-worker.js", import.meta.url).href;

/** Replaces writing in the worker, so that it fails while the test says so. */
const PATCH = (channel: string): string => `
const { write } = FileSystemSyncAccessHandle.prototype;
let fails = false;
const channel = new BroadcastChannel("${channel}");
channel.onmessage = ({ data }) => {
  fails = data;
  channel.postMessage("done");
};
FileSystemSyncAccessHandle.prototype.write = function (...args) {
  if (fails) throw new DOMException("the disk fails", "InvalidStateError");
  return write.apply(this, args);
};`;

/** A worker for the storage, whose disk can fail. */
export interface FailingStorage {
  readonly createWorker: () => Worker;
  /** Settles when writing fails from now on, or works again. */
  fail(isFailing: boolean): Promise<void>;
  end(): void;
}

export function failingStorage(): FailingStorage {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const program = `import "data:text/javascript,${encodeURIComponent(PATCH(name))}"; import "${WORKER}";`;
  return {
    createWorker: () => {
      const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
      return new Worker(url, { type: "module" });
    },
    fail: (isFailing) =>
      new Promise((resolve) => {
        channel.addEventListener("message", () => resolve(), { once: true });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no origin
        channel.postMessage(isFailing);
      }),
    end: () => channel.close(),
  };
}
