/** The part of a `Writable` of Node for {@link StreamSink}. */
export interface NodeWritable {
  write(chunk: Uint8Array, callback?: (error?: Error | null) => void): boolean;
  end(callback?: () => void): unknown;
  on(event: "drain" | "error" | "close", listener: (error?: unknown) => void): unknown;
  off(event: "drain" | "error" | "close", listener: (error?: unknown) => void): unknown;
  readonly destroyed?: boolean;
}

const NODE_WRITABLE_EVENTS = ["drain", "error", "close"] as const;

/** The part of a WHATWG `WritableStream` for {@link StreamSink}. */
export interface WebWritable {
  getWriter(): WritableStreamDefaultWriter<Uint8Array>;
}

/** A writable stream of bytes. */
export type AnyWritable = NodeWritable | WebWritable;

/**
 * A writer to a stream of Node or of the web.
 *
 * Writing is synchronous and never fails: a failure of the stream, also one between writes, is reported once to the
 * `onError` of {@link toByteWriter}. Promises never reject, and also settle if the stream has failed.
 */
export interface ByteWriter {
  /** Whether the stream accepts more bytes without exceeding its buffer. */
  readonly isReady: boolean;
  /** Settles when `isReady` becomes `true`, or the stream has failed. */
  ready(): Promise<void>;
  /** Writes bytes, whether the stream is ready or not. `onWritten` is called once the stream has accepted them. */
  write(bytes: Uint8Array, onWritten?: () => void): void;
  /** Settles when the stream has accepted everything that was written, or failed. */
  flushed(): Promise<void>;
  /** Ends the stream. Settles when it has ended or failed. Further calls return the same promise. */
  end(): Promise<void>;
  /** Releases the stream for other writers, without ending it. */
  release(): void;
}

/**
 * Creates a writer to a stream.
 *
 * @param onError receives the first failure of the stream
 * @throws if the stream is locked or destroyed
 */
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

  write(bytes: Uint8Array, onWritten?: () => void): void {
    if (bytes.byteLength === 0) return;
    try {
      this.#last = this.#writer.write(bytes).then(onWritten).catch(this.#fail);
    } catch (error) {
      // Node 20 throws an internal error where the standard requires a rejection.
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
  /** Resolves the promises of pending writes and of the end, when the stream fails. */
  readonly #pending = new Set<() => void>();
  #onDrain: (() => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;
  #hasSpace = true;

  constructor(writable: NodeWritable, fail: (error: unknown) => void) {
    if (writable.destroyed === true) throw new Error("the stream is destroyed");
    this.#writable = writable;
    this.#fail = (error) => {
      fail(error);
      this.#onDrain?.();
      for (const settle of this.#pending) settle();
    };
    this.#listeners = {
      drain: () => {
        this.#hasSpace = true;
        this.#onDrain?.();
      },
      error: this.#fail,
      close: () => {
        if (this.#ending === undefined) this.#fail(new Error("the stream is closed"));
      },
    };
    for (const event of NODE_WRITABLE_EVENTS) writable.on(event, this.#listeners[event]);
  }

  get isReady(): boolean {
    return this.#hasSpace && this.#writable.destroyed !== true;
  }

  ready(): Promise<void> {
    if (this.#writable.destroyed === true) this.#fail(new Error("the stream is destroyed"));
    else if (!this.#hasSpace) return new Promise((resolve) => (this.#onDrain = resolve));
    return Promise.resolve();
  }

  write(bytes: Uint8Array, onWritten?: () => void): void {
    if (bytes.byteLength === 0) return;
    this.#last = this.#settled((settle) => {
      this.#hasSpace = this.#writable.write(bytes, settle);
    }, onWritten);
  }

  flushed(): Promise<void> {
    return this.#last;
  }

  end(): Promise<void> {
    this.#ending ??= this.#settled((settle) => this.#writable.end(settle));
    return this.#ending;
  }

  release(): void {
    for (const event of NODE_WRITABLE_EVENTS) this.#writable.off(event, this.#listeners[event]);
  }

  /** Starts an operation, and settles when it calls back or when the stream has failed. A failure is reported. */
  #settled(start: (settle: (error?: unknown) => void) => void, onDone?: () => void): Promise<void> {
    return new Promise((resolve) => {
      const settle = (error?: unknown): void => {
        this.#pending.delete(resolve);
        if (error !== undefined && error !== null) this.#fail(error);
        else onDone?.();
        resolve();
      };
      this.#pending.add(resolve);
      try {
        start(settle);
      } catch (error) {
        settle(error);
      }
    });
  }
}
