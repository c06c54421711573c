import type { DiscardOptions, FlightRecorderOptions, RecoveredDump, RecoverOptions } from "@rerun-ts/core";
import {
  BaseFlightRecorder,
  checkDiscardOptions,
  checkRecoverOptions,
  RECOVERED_REASON,
  recoverDump,
  type RingLimits,
} from "@rerun-ts/core/recording";
import type { CreateWorker } from "../page/create-worker.ts";
import { withRerunErrors } from "@rerun-ts/core/checks";
import { components } from "@rerun-ts/types/logging";
import type { DownloadHtmlOptions } from "../download/download-html.ts";
import type { DownloadResult } from "../download/download-options.ts";
import { saveAsFile } from "../download/download.ts";
import { OpfsRing } from "./opfs-ring.ts";
import { listenToErrors } from "./listen-to-errors.ts";
import { discardRings, leftRings } from "./recover-rings.ts";

/** Options of {@link FlightRecorder} in pages. */
export interface PageFlightRecorderOptions extends FlightRecorderOptions {
  /** Creates the worker that writes the spool, for bundlers and pages that do not find its file. */
  createWorker?: CreateWorker | undefined;
}

/** Options of {@link FlightRecorder.downloadHtml}. */
export interface DownloadFlightHtmlOptions extends DownloadHtmlOptions {
  /** The event behind the page, for its reader. Default `requested`. */
  reason?: string | undefined;
}

/**
 * A sink that is always on and keeps the last minute: each dump of it is a complete recording that any viewer opens.
 *
 * A dump has the rows that arrived within the window, the newest layouts and static values, and what the window needs
 * from before: the latest value of each component, on each timeline, as a row at the start, and the frames since the
 * key frame of each video. These rows are marked by the component `FlightRecorder:origin`. The reason stands at
 * `/flight_recorder` as text, and among the properties, with what was left out.
 *
 * Many recordings can share one recorder.
 *
 * @example
 * const box = new rr.FlightRecorder({ seconds: 60, after: 10, maxBytes: "100MB" });
 * await rec.setSinks([box]);
 * box.on("dump", ({ rrd }) => void fetch("/incidents", { method: "POST", body: rrd }));
 * box.captureErrors();
 */
export class FlightRecorder extends BaseFlightRecorder {
  /** @throws {TypeError} if an option is wrong */
  constructor({ createWorker, ...options }: PageFlightRecorderOptions = {}) {
    const createRing = (spool: string, limits: RingLimits): OpfsRing => new OpfsRing(spool, limits, createWorker);
    super({ isKeyframe, listenToErrors, createRing }, options);
  }

  /**
   * The rings of closed and crashed pages in a spool, as dumps, the newest first. Rings of open pages are not touched.
   * The ten newest rings stay in storage.
   *
   * Rejects with `INVALID_ARGUMENT` for a wrong option, and with `UNSUPPORTED` if the browser has no origin private
   * file system.
   *
   * @example
   * for (const dump of await rr.FlightRecorder.recover({ spool: "app", maxAge: 86_400 })) {
   *   await fetch("/incidents", { method: "POST", body: dump.rrd });
   *   await dump.discard();
   * }
   */
  static recover(options: RecoverOptions): Promise<RecoveredDump[]> {
    return withRerunErrors(async () => {
      const { spool, maxAgeMs } = checkRecoverOptions(options);
      return (await leftRings(spool, maxAgeMs)).map(({ messages, endedAt, discard }) => ({
        ...recoverDump(messages, isKeyframe, RECOVERED_REASON),
        endedAt,
        discard,
      }));
    });
  }

  /**
   * Removes the rings of closed and crashed pages in a spool, for example when a user logs out.
   *
   * Rejects as {@link recover} does.
   *
   * @returns the number of removed rings
   */
  static discard(options: DiscardOptions): Promise<number> {
    return withRerunErrors(async () => discardRings(checkDiscardOptions(options), 0));
  }

  /**
   * Lets the browser download the present contents as a file.
   *
   * @param name the name of the file. Default `flight-recording.rrd`
   * @param reason what has happened, for the reader of the file. Default `requested`
   * @returns the size of the file in bytes
   * @throws {RerunError} `UNSUPPORTED` outside a page, for example in a worker
   */
  download(name = "flight-recording.rrd", reason?: string): { readonly bytes: number } {
    const rrd = this.toBytes(reason);
    saveAsFile(new Blob([rrd]), name);
    return { bytes: rrd.byteLength };
  }

  /**
   * Lets the browser download the contents at the time of the call as a page that shows them in Rerun's viewer, offline
   * and without a server. The page has about 16 MB more than the compressed contents. `viewerFiles` must be the URL of
   * a folder with the viewer's files, which `rerun-ts viewer-files` writes. The code for making pages is loaded by the
   * first call.
   *
   * Rejects as `viewer.recordingToHtml` does, and with `UNSUPPORTED` outside a page.
   *
   * @param name the name of the file. Default `flight-recording.html`
   * @example
   * button.onclick = () => box.downloadHtml("problem.html", { viewerFiles: "/viewer/", reason: "a click" });
   */
  downloadHtml(
    name = "flight-recording.html",
    { reason, ...options }: DownloadFlightHtmlOptions = {},
  ): Promise<DownloadResult> {
    return withRerunErrors(async () => {
      // The contents change while code is loaded.
      const rrd = this.toBytes(reason);
      const { downloadHtml } = await import("../download/download-html.ts");
      return downloadHtml(() => rrd, name, options, saveAsFile);
    });
  }
}

function isKeyframe(codec: number, sample: Uint8Array): boolean | undefined {
  return components.VideoSample.isKeyframe?.(codec, sample);
}
