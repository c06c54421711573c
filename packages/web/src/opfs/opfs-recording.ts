import { RerunError, type EncodedMessage, type Sink } from "@rerun-ts/core";
import { checkOptions, throughProxies } from "@rerun-ts/core/checks";
import type { ServerMessage } from "@rerun-ts/core/decode";
import { RrdWriter, storeKey } from "@rerun-ts/core/encode";
import { sendBatches } from "@rerun-ts/core/recording";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { saveAsFile } from "../download/download.ts";
import type { OpfsMessagesOptions } from "./opfs-messages-options.ts";
import { readUndamaged } from "./read-segment.ts";

/** Options of {@link OpfsRecording.sendTo}. */
export interface SendRecordingOptions {
  /** Aborts sending. The receiver keeps the data so far. */
  signal?: AbortSignal | undefined;
}

/** A recording in the origin private file system, as it was when opened. */
export class OpfsRecording {
  /** The name under which `saveToOpfs` has saved the recording. */
  readonly name: string;
  /** The bytes of an incomplete message at the end, after a crash. They are left out. */
  readonly cutBytes: number;
  /** The size of the complete messages in storage. */
  readonly bytes: number;
  readonly #folder: FileSystemDirectoryHandle;
  /** The lengths of the segments, in order. */
  readonly #lengths: ReadonlyMap<string, number>;

  /** @internal */
  constructor(name: string, folder: FileSystemDirectoryHandle, lengths: ReadonlyMap<string, number>, cutBytes: number) {
    throughProxies(this);
    this.name = name;
    this.#folder = folder;
    this.#lengths = lengths;
    this.cutBytes = cutBytes;
    this.bytes = [...lengths.values()].reduce((sum, length) => sum + length, 0);
  }

  /** The recording as one `.rrd` with a footer. The stream reads a few megabytes at a time. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const parts = this.#parts();
    return new ReadableStream({
      async pull(controller) {
        const { value, done } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return(undefined);
      },
    });
  }

  /** The recording as one `.rrd` with a footer. The default file name is the name of the recording. */
  async file(name: string = `${this.name}.rrd`): Promise<File> {
    const parts: Blob[] = [];
    // Separate blobs, because browsers keep the contents of large blobs on disk.
    for await (const part of this.#parts()) parts.push(new Blob([part]));
    return new File(parts, name, { type: "application/x-rerun" });
  }

  /** Downloads the recording. Rejects with `UNSUPPORTED` outside a page. */
  async download(name?: string): Promise<void> {
    const file = await this.file(name);
    saveAsFile(file, file.name);
  }

  /**
   * Lets the user choose a file, and writes the recording into it. Call it from a click.
   *
   * Rejects with `ABORTED` if the user chooses no file, `UNSUPPORTED` if the browser has no file picker, `QUOTA` if the
   * disk is full, and `IO_ERROR`.
   */
  async saveToPicker(name: string = `${this.name}.rrd`): Promise<void> {
    const { pickFile } = await import("../download/save-to-picker.ts");
    const writable = await (await pickFile(name)).createWritable();
    try {
      for await (const part of this.#parts()) await writable.write(new Blob([part]));
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => {});
      throw RerunError.from(error, (error as Error).name === "QuotaExceededError" ? "QUOTA" : "IO_ERROR");
    }
  }

  /**
   * Opens a sink, sends the recording to it, and closes it. Use `new GrpcSink(url)` for a server, or `new
   * WebViewerSink(viewer)` for a viewer in the page. Settles when the other side has confirmed everything.
   *
   * Rejects with the error of the sink, with `TIMEOUT` if nothing moves for 5 seconds, and with `ABORTED`.
   */
  async sendTo(sink: Sink, options: SendRecordingOptions = {}): Promise<void> {
    checkOptions("sendTo", options, { signal: 1 });
    await sendBatches(sink as RecordingSink, this.#batches(), { signal: options.signal }, (message) =>
      console.warn(message),
    );
  }

  /**
   * Yields the stored messages, for `openLive` of `@rerun-ts/reading`. With `follow`, all later messages of a page or a
   * worker come next. A message may come more than once, with the same chunk id.
   *
   * @throws {RerunError} `IO_ERROR`, `INVALID_FORMAT` if a message is damaged, or `ABORTED` if the signal fires
   * @example
   * const live = await openLive(recording.messages({ follow: true }));
   */
  async *messages(options: OpfsMessagesOptions = {}): AsyncGenerator<ServerMessage, void, undefined> {
    const { followFolder } = await import("./follow-recording.ts");
    yield* followFolder(this.#folder, options);
  }

  /** The parts of a `.rrd`. */
  async *#parts(): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined, undefined> {
    const writer = new RrdWriter();
    yield writer.header();
    for await (const messages of this.#batches()) {
      const pieces = messages.flatMap((message) => [writer.frame(message), message.payload]);
      yield new Uint8Array(await new Blob(pieces).arrayBuffer());
    }
    yield writer.finish();
  }

  /** The messages of one segment after the other. The store info of each store is yielded once. */
  async *#batches(): AsyncGenerator<EncodedMessage[], undefined, undefined> {
    const stores = new Set<string>();
    let damagedBytes = 0;
    for (const [name, length] of this.#lengths) {
      const rrd = await this.#read(name, length);
      if (rrd === undefined) continue;
      const contents = await readUndamaged(rrd);
      damagedBytes += contents.damagedBytes;
      yield contents.messages.filter(({ kind, storeId }) => {
        if (kind !== "storeInfo") return true;
        const isNew = !stores.has(storeKey(storeId));
        stores.add(storeKey(storeId));
        return isNew;
      });
    }
    if (damagedBytes > 0)
      console.warn(
        `[rerun] ${damagedBytes} bytes of the recording ${JSON.stringify(this.name)} are damaged and left out`,
      );
  }

  /** The bytes of a segment, or `undefined` if it was removed since the recording was opened. */
  async #read(name: string, length: number): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        const file = await (await this.#folder.getFileHandle(name)).getFile();
        return new Uint8Array(await file.slice(0, length).arrayBuffer());
      } catch (error) {
        const reason = (error as Error).name;
        if (reason === "NotFoundError") return undefined;
        // The file was written in between, so read it again.
        if (reason !== "NotReadableError") throw RerunError.from(error, "IO_ERROR");
      }
    }
  }
}
