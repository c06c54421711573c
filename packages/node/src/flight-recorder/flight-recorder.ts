import { rename, rm, writeFile } from "node:fs/promises";
import type { DiscardOptions, FlightRecorderOptions, RecoveredDump, RecoverOptions } from "@rerun-ts/core";
import {
  BaseFlightRecorder,
  checkDiscardOptions,
  checkRecoverOptions,
  RECOVERED_REASON,
  recoverDump,
} from "@rerun-ts/core/recording";
import { withRerunErrors } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { components } from "@rerun-ts/types/logging";
import { ioError } from "../file/io-error.ts";
import { pathOf } from "../file/path-of.ts";
import { DirectoryRing } from "./directory-ring.ts";
import { listenToErrors } from "./listen-to-errors.ts";

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
 * box.on("dump", ({ rrd }) => writeFile("incident.rrd", rrd));
 * box.captureErrors();
 */
export class FlightRecorder extends BaseFlightRecorder {
  /** @throws {TypeError} if an option is wrong */
  constructor(options?: FlightRecorderOptions) {
    super({ isKeyframe, listenToErrors, createRing: (spool, limits) => new DirectoryRing(spool, limits) }, options);
  }

  /**
   * The rings that killed or crashed processes have left in a spool, as dumps, the newest first. Rings of living
   * processes are not touched. The ten newest rings stay on the disk.
   *
   * Rejects with `INVALID_ARGUMENT` for a wrong option.
   *
   * @example
   * for (const dump of await rr.FlightRecorder.recover({ spool: "/var/lib/robot/flight", maxAge: 86_400 })) {
   *   await upload(dump.rrd);
   *   await dump.discard();
   * }
   */
  static recover(options: RecoverOptions): Promise<RecoveredDump[]> {
    return withRerunErrors(async () => {
      const { spool, maxAgeMs } = checkRecoverOptions(options);
      const { leftRings } = await import("./recover-rings.ts");
      return (await leftRings(spool, maxAgeMs)).map(({ messages, endedAt, discard }) => ({
        ...recoverDump(messages, isKeyframe, RECOVERED_REASON),
        endedAt,
        discard,
      }));
    });
  }

  /**
   * Removes the rings that processes have left in a spool, for example when a user logs out.
   *
   * Rejects with `INVALID_ARGUMENT` for a wrong option.
   *
   * @returns the number of removed rings
   */
  static discard(options: DiscardOptions): Promise<number> {
    return withRerunErrors(async () => {
      const spool = checkDiscardOptions(options);
      const { discardRings } = await import("./recover-rings.ts");
      return discardRings(spool, 0);
    });
  }

  /**
   * Writes the present contents to a file, which appears when it is complete.
   *
   * Rejects with `INVALID_ARGUMENT` for a wrong argument, and with `IO_ERROR` if the file cannot be written.
   *
   * @param reason what has happened, for the reader of the file. Default `requested`
   * @returns the size of the file in bytes
   */
  save(path: string | URL, reason?: string): Promise<{ readonly bytes: number }> {
    return withRerunErrors(async () => {
      const target = pathOf("path", "the path of a file", path);
      const rrd = this.toBytes(reason);
      const part = `${target}.${randomId()}.part`;
      try {
        await writeFile(part, rrd);
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        throw ioError(`cannot write ${target}`, error, "path");
      }
      return { bytes: rrd.byteLength };
    });
  }
}

function isKeyframe(codec: number, sample: Uint8Array): boolean | undefined {
  return components.VideoSample.isKeyframe?.(codec, sample);
}
