import type { OptionNames } from "@rerun-ts/core/checks";
import { RrdWriter } from "@rerun-ts/core/encode";
import type { FsyncPolicy } from "./fsync-policy.ts";

/** The footer of a file, its protection against a loss of power, and its optimization. */
export interface FileSinkOptions {
  /** Whether the file ends with a footer. `rerun rrd verify` and catalogs use it to find chunks. Default `true`. */
  writeFooter?: boolean | undefined;
  /**
   * The limit of the memory for making the footer, in bytes. A larger one is left out, with a warning. Default 64 MiB.
   */
  maxFooterBytes?: number | undefined;
  /**
   * The policy for synchronizing the file with its disk, against a loss of power: `"never"`, `"interval"` (within a
   * second) or `"every-ack"` (before `flush` settles). Default `"never"`: flushed data survives any end of the process.
   */
  fsync?: FsyncPolicy | undefined;
  /**
   * Whether the file is optimized when it is closed, as `optimizeRrd` of `@rerun-ts/reading` does: in few large chunks,
   * for a `live` viewer or an `object-store`; `true` is `object-store`. Needs that package. If the optimization fails,
   * there is a warning, and the file stays as it was logged. It also stays so at a sudden end of the process. Default
   * `false`.
   */
  optimizeOnClose?: boolean | "live" | "object-store" | undefined;
}

export const FILE_SINK_OPTIONS: OptionNames<FileSinkOptions> = {
  writeFooter: "boolean",
  maxFooterBytes: 1,
  fsync: 1,
  optimizeOnClose: 1,
};

/** Creates the encoder for the contents of a file. @throws {TypeError} if an option is wrong */
export function rrdWriterOf(options: FileSinkOptions | undefined): RrdWriter {
  return new RrdWriter({ footer: options?.writeFooter, maxFooterBytes: options?.maxFooterBytes });
}
