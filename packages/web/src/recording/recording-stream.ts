import { RecordingStream as CoreRecordingStream, type RecordingOptions } from "@rerun-ts/core";
import { collectRecording, saveAsFile, type DownloadOptions, type DownloadResult } from "../download/download.ts";
import { webHost } from "./web-host.ts";

/**
 * A recording that is being made, in a browser. It keeps what is logged until it is given a sink; `download` gives it
 * to the user as a file at any time.
 *
 * @example
 * const rec = new rr.RecordingStream("page");
 * addEventListener("pointermove", (e) => rec.log("pointer", new rr.Scalars([e.clientX, e.clientY])));
 * button.onclick = () => rec.download("pointer.rrd");
 */
export class RecordingStream extends CoreRecordingStream {
  /** @throws {TypeError} if an argument is wrong. */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, webHost);
  }

  /**
   * Saves everything since the start as a file, and goes on: what waits for a sink, or what the `MemorySink` among
   * the sinks holds. `name` defaults to the application's id with `.rrd`.
   * Rejects with `UNSUPPORTED` if the sinks hold nothing, or outside a page.
   */
  download(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
    return this.handled(this.#download(name ?? `${this.applicationId}.rrd`, options ?? {}));
  }

  async #download(name: string, options: DownloadOptions): Promise<DownloadResult> {
    this.flushRows();
    const bytes = collectRecording(this.currentSinks, options);
    saveAsFile(bytes, name);
    return { bytes: bytes.byteLength };
  }
}
