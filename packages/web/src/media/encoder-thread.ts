import { encodeBitmap, type EncodedBitmap, type EncodeRequest } from "./encode-bitmap.ts";

/** A thread that has had nothing to do for so long is ended. */
const IDLE_MS = 10_000;

/** What the thread runs. */
const PROGRAM = `const encode = ${String(encodeBitmap)};
onmessage = async ({ data: { id, request } }) => {
  try {
    const result = await encode(request);
    postMessage({ id, result }, [result.bytes.buffer]);
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
};`;

interface Answer {
  readonly id: number;
  readonly result?: EncodedBitmap | undefined;
  readonly error?: string | undefined;
}

interface Waiting {
  readonly resolve: (result: EncodedBitmap) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Encodes pictures in a thread of its own, which is made when it is needed; in the calling one where there can be none,
 * as under a content security policy without `worker-src blob:`.
 */
export class EncoderThread {
  #worker: Worker | undefined;
  #isRefused = false;
  #nextId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Map<number, Waiting>();

  /** Encodes a picture, which is then given up. */
  async encode(request: EncodeRequest): Promise<EncodedBitmap> {
    const worker = this.#start();
    if (worker === undefined) return encodeBitmap(request);
    clearTimeout(this.#idle);
    const id = this.#nextId++;
    const answer = new Promise<EncodedBitmap>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, request }, [request.bitmap]);
    return answer;
  }

  #start(): Worker | undefined {
    if (this.#worker !== undefined || this.#isRefused || typeof Worker === "undefined") return this.#worker;
    const url = URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
    try {
      const worker = new Worker(url);
      worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#hear(data));
      worker.addEventListener("error", (event) => this.#fail(event));
      this.#worker = worker;
    } catch {
      this.#isRefused = true;
    }
    return this.#worker;
  }

  #hear({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (result === undefined) waiting?.reject(new Error(error));
    else waiting?.resolve(result);
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS);
  }

  /** The thread does not run: what it was given is lost, and the next ones are encoded here. */
  #fail(event: Event): void {
    event.preventDefault();
    this.#isRefused = true;
    this.#end();
    for (const { reject } of this.#waiting.values()) reject(new Error("the thread that encodes pictures has failed"));
    this.#waiting.clear();
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
