import { MemorySink, RerunError, type EncodedMessage, type Sink } from "@rerun-ts/core";
import { BufferingSink, encodeRrd } from "@rerun-ts/core/internal";

/** How far a file has got. */
export interface FileProgress {
  /** Bytes that are ready or written. */
  readonly bytes: number;
  /** The size of the file. */
  readonly totalBytes: number;
}

/** Options of `download` and `saveToPicker`. */
export interface DownloadOptions {
  /** Give up what goes into the file, so that the next one begins anew. Default `false`. */
  drain?: boolean | undefined;
  /** Is called as the file grows, some 8 MiB at a time, with turns for the page in between: for large recordings. */
  onProgress?: ((progress: FileProgress) => void) | undefined;
  /** Gives up when it fires: then nothing is saved. It is looked at where there is `onProgress`, and by `saveToPicker`. */
  signal?: AbortSignal | undefined;
}

/** What was downloaded. */
export interface DownloadResult {
  /** The size of the file. */
  readonly bytes: number;
}

/** The memory's URL is given up this long after the click: browsers have begun to read it by then. */
const REVOKE_AFTER_MS = 60_000;

/** What the sinks hold. @throws {RerunError} `UNSUPPORTED` if none of them holds anything. */
export function collectMessages(sinks: readonly Sink[], { drain = false }: DownloadOptions): readonly EncodedMessage[] {
  for (const sink of sinks) {
    if (sink instanceof MemorySink || sink instanceof BufferingSink)
      return drain ? sink.takeBacklog() : sink.readMessages();
  }
  throw new RerunError(
    "UNSUPPORTED",
    "the recording's sinks do not keep what was logged; to download it too, use `setSinks([otherSink, new MemorySink()])`",
  );
}

/** A download of these messages. */
export async function download(
  messages: readonly EncodedMessage[],
  name: string,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const file =
    options.onProgress === undefined
      ? new Blob([encodeRrd(messages)])
      : await (await import("./file-in-pieces.ts")).gatherFile(messages, options);
  saveAsFile(file, name);
  return { bytes: file.size };
}

/** Lets the browser save a file. @throws {RerunError} `UNSUPPORTED` outside a page. */
function saveAsFile(file: Blob, name: string): void {
  if (typeof document === "undefined") {
    throw new RerunError(
      "UNSUPPORTED",
      "`download` needs a page; in a worker, post the bytes of `memoryRecording()` to one",
    );
  }
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
