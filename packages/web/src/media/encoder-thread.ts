import { encodeBitmap, type EncodedBitmap, type EncodeRequest } from "./encode-bitmap.ts";

/** How long the worker may be idle before it is terminated. */
const IDLE_MS = 10_000;

/** The program of the worker. */
const PROGRAM = `postMessage("ready");
const encode = ${String(encodeBitmap)};
onmessage = async ({ data: { id, request } }) => {
  try {
    const result = await encode(request);
    postMessage({ id, result }, [result.bytes.buffer]);
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
};`;

interface Reply {
  readonly id: number;
  readonly result?: EncodedBitmap | undefined;
  readonly error?: string | undefined;
}

/** How long a worker may take to start. A policy that blocks it may show only as silence. */
const START_MS = 2000;

interface PendingRequest {
  readonly resolve: (result: EncodedBitmap) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Encodes images in a separate worker. The worker is created from a blob URL when the first image is encoded, and
 * terminated after 10 seconds without work; the next image creates a new one.
 *
 * Where no worker starts, as under a content security policy without `worker-src blob:`, images are encoded in the
 * calling thread. Images are handed to a worker only once it runs, because a bitmap cannot be taken back. If the worker
 * fails later, its pending images are rejected, and later ones are encoded in the calling thread.
 */
export class EncoderThread {
  /** The worker once it runs; `undefined` if it did not start. */
  #worker: Promise<Worker | undefined> | undefined;
  #isUnavailable = false;
  #nextId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #pending = new Map<number, PendingRequest>();

  /** Encodes an image, and closes or transfers its bitmap. Rejects if the image cannot be encoded. */
  async encode(request: EncodeRequest): Promise<EncodedBitmap> {
    clearTimeout(this.#idle);
    const worker = await (this.#worker ??= this.#start());
    if (worker === undefined || this.#isUnavailable) return encodeBitmap(request);
    const id = this.#nextId++;
    const reply = new Promise<EncodedBitmap>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    worker.postMessage({ id, request }, [request.bitmap]);
    return reply;
  }

  /** Creates the worker. Resolves once it runs, or to `undefined` if it does not start. */
  async #start(): Promise<Worker | undefined> {
    if (this.#isUnavailable || typeof Worker === "undefined") return undefined;
    const url = URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
    try {
      const worker = new Worker(url);
      if (await isRunning(worker)) {
        worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#onMessage(data, worker));
        worker.addEventListener("error", (event) => this.#fail(event, worker));
        return worker;
      }
      worker.terminate();
    } catch {
      // Some browsers throw where a policy forbids the worker.
    } finally {
      URL.revokeObjectURL(url);
    }
    this.#isUnavailable = true;
    return undefined;
  }

  #onMessage({ id, result, error }: Reply, worker: Worker): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (result === undefined) pending?.reject(new Error(error));
    else pending?.resolve(result);
    if (this.#pending.size === 0) this.#idle = setTimeout(() => this.#end(worker), IDLE_MS);
  }

  /** The worker has failed: rejects the pending images, and encodes later ones in the calling thread. */
  #fail(event: Event, worker: Worker): void {
    event.preventDefault();
    this.#isUnavailable = true;
    this.#end(worker);
    for (const { reject } of this.#pending.values()) reject(new Error("the worker that encodes images failed"));
    this.#pending.clear();
  }

  #end(worker: Worker): void {
    clearTimeout(this.#idle);
    worker.terminate();
    this.#worker = undefined;
  }
}

/** Whether a worker starts. Where a policy blocks its program, browsers report an error, or nothing. */
function isRunning(worker: Worker): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), START_MS);
    const settle = (value: boolean): void => {
      clearTimeout(timer);
      resolve(value);
    };
    worker.addEventListener("message", () => settle(true), { once: true });
    worker.addEventListener("error", (event) => (event.preventDefault(), settle(false)), { once: true });
  });
}
