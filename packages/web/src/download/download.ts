import { MemorySink, RerunError, type Sink } from "@rerun-ts/core";
import { BufferingSink, encodeRrd } from "@rerun-ts/core/internal";

/** Options of `download`. */
export interface DownloadOptions {
  /** Give up what was downloaded, so that the next download begins anew. Default `false`. */
  drain?: boolean | undefined;
}

/** What was downloaded. */
export interface DownloadResult {
  /** The size of the file. */
  readonly bytes: number;
}

/** The memory's URL is given up this long after the click: browsers have begun to read it by then. */
const REVOKE_AFTER_MS = 60_000;

/** A complete `.rrd` of what the sinks hold. @throws {RerunError} `UNSUPPORTED` if none of them holds anything. */
export function collectRecording(sinks: readonly Sink[], { drain = false }: DownloadOptions): Uint8Array<ArrayBuffer> {
  for (const sink of sinks) {
    if (sink instanceof MemorySink) return drain ? sink.drainAsBytes() : sink.toBytes();
    if (sink instanceof BufferingSink) return encodeRrd(drain ? sink.takeBacklog() : sink.readMessages());
  }
  throw new RerunError(
    "UNSUPPORTED",
    "the recording's sinks do not keep what was logged; to download it too, use `setSinks([otherSink, new MemorySink()])`",
  );
}

/** Lets the browser save bytes as a file. @throws {RerunError} `UNSUPPORTED` outside a page. */
export function saveAsFile(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  if (typeof document === "undefined") {
    throw new RerunError(
      "UNSUPPORTED",
      "`download` needs a page; in a worker, post the bytes of `memoryRecording()` to one",
    );
  }
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/x-rerun" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
