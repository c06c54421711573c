import { startEncoderWorker } from "../encoding/start-encoder-worker.ts";
import type { CreateWorker } from "../page/create-worker.ts";
import { encodeBitmap, type EncodedBitmap, type EncodeRequest } from "./encode-bitmap.ts";
import type { FromImageEncoder, ToImageEncoder } from "./serve-image-encoder.ts";

/** Longest time that the worker may be idle before it is terminated. */
const IDLE_MS = 10_000;

interface PendingRequest {
  readonly resolve: (result: EncodedBitmap) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Encodes images in a separate worker. The first image creates the worker, which is terminated after 10 seconds without
 * work. The next image creates a new one. If no worker starts, for example because of a content security policy, the
 * calling thread encodes the images.
 *
 * Images are transferred to a worker only once it runs, because a bitmap cannot be taken back. If the worker fails
 * later, its pending images are rejected, and the calling thread encodes later ones.
 */
export class EncoderThread {
  readonly #create: CreateWorker | undefined;
  readonly #onFailure: (description: string) => void;
  /** The worker once it runs, or `undefined` if it did not start. */
  #worker: Promise<Worker | undefined> | undefined;
  #isUnavailable = false;
  #nextId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #pending = new Map<number, PendingRequest>();

  /**
   * @param create the option `createWorker` of the page
   * @param onFailure called with a description if the worker does not start
   */
  constructor(create: CreateWorker | undefined, onFailure: (description: string) => void) {
    this.#create = create;
    this.#onFailure = onFailure;
  }

  /** Encodes an image, and closes or transfers its bitmap. Rejects if the image cannot be encoded. */
  async encode(request: EncodeRequest): Promise<EncodedBitmap> {
    clearTimeout(this.#idle);
    const worker = await (this.#worker ??= this.#start());
    if (worker === undefined || this.#isUnavailable) return encodeBitmap(request);
    const id = this.#nextId++;
    const message: ToImageEncoder = { id, request };
    try {
      worker.postMessage(message, [request.bitmap]);
    } catch (error) {
      // Bitmaps with pixels of other origins cannot be transferred.
      request.bitmap.close();
      this.#endWhenIdle(worker);
      throw error;
    }
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Creates the worker. Resolves once it runs, or to `undefined` if it does not start. */
  async #start(): Promise<Worker | undefined> {
    if (this.#isUnavailable) return undefined;
    const [create, onFailure] = [this.#create, this.#onFailure];
    const worker = await startEncoderWorker({ encodes: "images", create, onFailure });
    if (worker === undefined) this.#isUnavailable = true;
    worker?.addEventListener("message", ({ data }: MessageEvent<FromImageEncoder>) => this.#onMessage(data, worker));
    worker?.addEventListener("error", (event) => this.#fail(event, worker));
    return worker;
  }

  #onMessage({ id, result, error }: FromImageEncoder, worker: Worker): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (result === undefined) pending?.reject(new Error(error));
    else pending?.resolve(result);
    this.#endWhenIdle(worker);
  }

  #endWhenIdle(worker: Worker): void {
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
