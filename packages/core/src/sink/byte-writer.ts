/** What is needed of a `Writable` of Node. */
export interface NodeWritable {
  write(chunk: Uint8Array, callback?: (error?: Error | null) => void): boolean;
  end(callback?: () => void): unknown;
  on(event: "error" | "close", listener: (error?: unknown) => void): unknown;
  once(event: "drain" | "close" | "error", listener: () => void): unknown;
  readonly writableNeedDrain?: boolean;
  readonly destroyed?: boolean;
}

/** What is needed of a WHATWG `WritableStream`. */
export interface WebWritable {
  getWriter(): WritableStreamDefaultWriter<Uint8Array>;
}

/** A stream that bytes can be written to. */
export type AnyWritable = NodeWritable | WebWritable;

/** Both kinds of stream, seen alike. */
export interface ByteWriter {
  /** Whether the stream wants more now. */
  readonly isReady: boolean;
  /** Settles when the stream wants more, or will never again. */
  ready(): Promise<void>;
  /** Hands bytes over, wanted or not. A failure is told to the listener. */
  write(bytes: Uint8Array): void;
  /** Settles when the stream has taken everything, or failed. */
  flushed(): Promise<void>;
  /** Ends the stream. */
  end(): Promise<void>;
}

/** Begins to write to a stream. `onError` is called once. @throws if the stream is locked or destroyed. */
export function toByteWriter(writable: AnyWritable, onError: (error: unknown) => void): ByteWriter {
  return "getWriter" in writable ? new WebByteWriter(writable, onError) : new NodeByteWriter(writable, onError);
}

class WebByteWriter implements ByteWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #last: Promise<void> = Promise.resolve();

  constructor(writable: WebWritable, onError: (error: unknown) => void) {
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(onError);
  }

  get isReady(): boolean {
    const { desiredSize } = this.#writer;
    return desiredSize !== null && desiredSize > 0;
  }

  async ready(): Promise<void> {
    await this.#writer.ready.catch(() => {});
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.#last = this.#writer.write(bytes).catch(() => {});
  }

  flushed(): Promise<void> {
    return this.#last;
  }

  async end(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }
}

class NodeByteWriter implements ByteWriter {
  readonly #writable: NodeWritable;
  #last: Promise<void> = Promise.resolve();
  #wantsMore = true;
  #isDone = false;

  constructor(writable: NodeWritable, onError: (error: unknown) => void) {
    if (writable.destroyed === true) throw new Error("the stream is destroyed");
    this.#writable = writable;
    let hasFailed = false;
    const fail = (error: unknown): void => {
      if (!hasFailed && !this.#isDone) onError(error ?? new Error("the stream was closed"));
      hasFailed = true;
    };
    writable.on("error", fail);
    writable.on("close", fail);
  }

  get isReady(): boolean {
    return this.#wantsMore;
  }

  ready(): Promise<void> {
    if (this.#wantsMore || this.#writable.destroyed === true) return Promise.resolve();
    return new Promise((resolve) => {
      for (const event of ["drain", "close", "error"] as const) this.#writable.once(event, resolve);
    });
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#writable.destroyed === true) return;
    this.#last = new Promise((resolve) => {
      this.#wantsMore = this.#writable.write(bytes, () => resolve());
    });
    if (!this.#wantsMore) this.#writable.once("drain", () => (this.#wantsMore = true));
  }

  flushed(): Promise<void> {
    return this.#last;
  }

  end(): Promise<void> {
    this.#isDone = true;
    return new Promise((resolve) => {
      if (this.#writable.destroyed === true) return resolve();
      this.#writable.once("error", resolve);
      this.#writable.end(resolve);
    });
  }
}
