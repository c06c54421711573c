/** What is needed of a `Writable` of Node. */
export interface NodeWritable {
  write(chunk: Uint8Array, callback?: (error?: Error | null) => void): boolean;
  end(callback?: () => void): unknown;
  on(event: "drain" | "error" | "close", listener: (error?: unknown) => void): unknown;
  off(event: "drain" | "error" | "close", listener: (error?: unknown) => void): unknown;
  readonly destroyed?: boolean;
}

const NODE_WRITABLE_EVENTS = ["drain", "error", "close"] as const;

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
  /** Ends the stream; once. */
  end(): Promise<void>;
  /** Leaves the stream to others. */
  release(): void;
}

/** Begins to write to a stream. `onError` is called once. @throws if the stream is locked or destroyed. */
export function toByteWriter(writable: AnyWritable, onError: (error: unknown) => void): ByteWriter {
  let hasFailed = false;
  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    onError(error);
  };
  return "getWriter" in writable ? new WebByteWriter(writable, fail) : new NodeByteWriter(writable, fail);
}

class WebByteWriter implements ByteWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #fail: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(writable: WebWritable, fail: (error: unknown) => void) {
    this.#writer = writable.getWriter();
    this.#fail = fail;
    const onClosed = (): void => {
      if (this.#ending === undefined) fail(new Error("the stream is closed"));
    };
    this.#writer.closed.then(onClosed, fail);
  }

  get isReady(): boolean {
    const { desiredSize } = this.#writer;
    return desiredSize !== null && desiredSize > 0;
  }

  async ready(): Promise<void> {
    await this.#writer.ready.catch(this.#fail);
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    try {
      this.#last = this.#writer.write(bytes).catch(this.#fail);
    } catch (error) {
      // Node 20 throws an internal error where the standard wants a rejection.
      this.#fail(new Error("the stream is closed", { cause: error }));
    }
  }

  flushed(): Promise<void> {
    return this.#last;
  }

  end(): Promise<void> {
    this.#ending ??= this.#writer.close().catch(this.#fail);
    return this.#ending;
  }

  release(): void {
    this.#writer.releaseLock();
  }
}

class NodeByteWriter implements ByteWriter {
  readonly #writable: NodeWritable;
  readonly #fail: (error: unknown) => void;
  readonly #listeners: Readonly<Record<(typeof NODE_WRITABLE_EVENTS)[number], (error?: unknown) => void>>;
  /** What waits for the stream to take bytes or to end; with the stream all of that is over. */
  readonly #waiting = new Set<() => void>();
  #onDrain: (() => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;
  #wantsMore = true;

  constructor(writable: NodeWritable, fail: (error: unknown) => void) {
    if (writable.destroyed === true) throw new Error("the stream is destroyed");
    this.#writable = writable;
    this.#fail = (error) => {
      fail(error);
      this.#onDrain?.();
      for (const settle of this.#waiting) settle();
    };
    this.#listeners = {
      drain: () => {
        this.#wantsMore = true;
        this.#onDrain?.();
      },
      error: this.#fail,
      close: () => {
        if (this.#ending === undefined) this.#fail(new Error("the stream was closed"));
      },
    };
    for (const event of NODE_WRITABLE_EVENTS) writable.on(event, this.#listeners[event]);
  }

  get isReady(): boolean {
    return this.#wantsMore && this.#writable.destroyed !== true;
  }

  ready(): Promise<void> {
    if (this.#writable.destroyed === true) this.#fail(new Error("the stream was destroyed"));
    else if (!this.#wantsMore) return new Promise((resolve) => (this.#onDrain = resolve));
    return Promise.resolve();
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#last = this.#wait((settle) => {
      this.#wantsMore = this.#writable.write(bytes, settle);
    });
  }

  flushed(): Promise<void> {
    return this.#last;
  }

  end(): Promise<void> {
    this.#ending ??= this.#wait((settle) => this.#writable.end(settle));
    return this.#ending;
  }

  release(): void {
    for (const event of NODE_WRITABLE_EVENTS) this.#writable.off(event, this.#listeners[event]);
  }

  /** Settles when `begin` says so, or when the stream has failed, which is told. */
  #wait(begin: (settle: (error?: unknown) => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const settle = (error?: unknown): void => {
        this.#waiting.delete(resolve);
        if (error !== undefined && error !== null) this.#fail(error);
        resolve();
      };
      this.#waiting.add(resolve);
      try {
        begin(settle);
      } catch (error) {
        settle(error);
      }
    });
  }
}
