import {
  RecordingStream as CoreRecordingStream,
  type RecordingOptions,
  type SetSinksOptions,
  type Sink,
} from "@rerun-ts/core";
import { FileSink, type FileSinkOptions } from "../file/file-sink.ts";
import { StdoutSink } from "../stdout/stdout-sink.ts";
import { nodeHost } from "./node-host.ts";

/** Options of {@link RecordingStream.save} and {@link RecordingStream.stdout}. */
export interface SaveOptions extends FileSinkOptions, SetSinksOptions {}

/**
 * A recording that is being made, on Node. It keeps what is logged until it is given a sink: by `save`, `stdout`,
 * `setSinks` and others. A program that just ends, or calls `process.exit()`, leaves complete files.
 *
 * @example
 * const rec = new rr.RecordingStream("helix");
 * await rec.save("helix.rrd");
 * for (let frame = 0; frame < 100; frame++) {
 *   rec.setTime("frame", frame);
 *   rec.log("height", new rr.Scalars(frame / 10));
 * }
 * await rec.close();
 */
export class RecordingStream extends CoreRecordingStream {
  /** @throws {TypeError} if an argument is wrong. */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, nodeHost);
  }

  /**
   * Writes to a file from now on; what was kept so far goes there too. The file is there when the call returns. A
   * second call with the path of the file that is being written changes nothing.
   * Rejects with `FILE`, and then the sink before stays.
   */
  save(path: string | URL, options?: SaveOptions): Promise<void> {
    return this.#modeOf((sinkOptions) => new FileSink(path, sinkOptions), options);
  }

  /**
   * Writes to standard output from now on, to be piped into `rerun -`; on a terminal everything stays buffered.
   * Print nothing else there. Rejects with `FILE`, and then the sink before stays.
   */
  stdout(options?: SaveOptions): Promise<void> {
    return this.#modeOf((sinkOptions) => new StdoutSink(sinkOptions), options);
  }

  /** A sink that cannot even be made rejects like one that cannot be opened. */
  #modeOf(makeSink: (options: FileSinkOptions) => Sink, options: SaveOptions = {}): Promise<void> {
    const setSink = async (): Promise<void> => {
      const { defaultBlueprint, ...sinkOptions } = options;
      await this.setSink(makeSink(sinkOptions), { defaultBlueprint });
    };
    return this.handled(setSink());
  }
}
