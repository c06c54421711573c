import { encodeBitmap, type EncodedBitmap, type EncodeRequest } from "./encode-bitmap.ts";

/** How long the worker may be idle before it is terminated. */
const IDLE_MS = 10_000;

/** The program of the worker. */
const PROGRAM = `const encode = ${String(encodeBitmap)};
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

interface PendingRequest {
  readonly resolve: (result: EncodedBitmap) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Encodes images in a separate worker. The worker is created from a blob URL when the first image is encoded, and
 * terminated after 10 seconds without work; the next image creates a new one.
 *
 * Where no worker can be created, as under a content security policy without `worker-src blob:`, images are encoded in
 * the calling thread. If the worker fails, its pending images are rejected, and later ones are encoded in the calling
 * thread.
 */
export class EncoderThread {
  #worker: Worker | undefined;
  /** The URL of its program, until the worker has replied: by then it has been read. */
  #url: string | undefined;
  #isUnavailable = false;
  #nextId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #pending = new Map<number, PendingRequest>();

  /** Encodes an image, and closes or transfers its bitmap. Rejects if the image cannot be encoded. */
  async encode(request: EncodeRequest): Promise<EncodedBitmap> {
    const worker = this.#start();
    if (worker === undefined) return encodeBitmap(request);
    clearTimeout(this.#idle);
    const id = this.#nextId++;
    const reply = new Promise<EncodedBitmap>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    worker.postMessage({ id, request }, [request.bitmap]);
    return reply;
  }

  /** The worker, which is created if necessary; `undefined` if that is not possible. */
  #start(): Worker | undefined {
    if (this.#worker !== undefined || this.#isUnavailable || typeof Worker === "undefined") return this.#worker;
    this.#url = URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
    try {
      const worker = new Worker(this.#url);
      worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#onMessage(data));
      worker.addEventListener("error", (event) => this.#fail(event));
      this.#worker = worker;
    } catch {
      this.#isUnavailable = true;
      this.#revokeUrl();
    }
    return this.#worker;
  }

  #onMessage({ id, result, error }: Reply): void {
    this.#revokeUrl();
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (result === undefined) pending?.reject(new Error(error));
    else pending?.resolve(result);
    if (this.#pending.size === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS);
  }

  /** The worker has failed: rejects the pending images, and encodes later ones in the calling thread. */
  #fail(event: Event): void {
    event.preventDefault();
    this.#isUnavailable = true;
    this.#end();
    for (const { reject } of this.#pending.values()) reject(new Error("the worker that encodes images failed"));
    this.#pending.clear();
  }

  #end(): void {
    this.#revokeUrl();
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #revokeUrl(): void {
    if (this.#url !== undefined) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }
}
