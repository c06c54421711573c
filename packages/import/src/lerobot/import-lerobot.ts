import { EntityPath, type EntityPathLike, type RecordingStream } from "@rerun-ts/core";
import { checkOptions, checkRecording, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import type { ParquetCompressors } from "../tables/read-parquet.ts";
import { DatasetFiles, type LeRobotSource } from "./dataset-files.ts";
import type { ImportedLeRobot } from "./dataset-import.ts";

/** Options of {@link importLeRobot}. */
export interface ImportLeRobotOptions {
  /** The numbers of the episodes. Default: all. */
  episodes?: readonly number[] | undefined;
  /** The entity above those of the features. Default `/`. */
  entityPath?: EntityPathLike | undefined;
  /** Codecs of Parquet besides the built-in ones. Default: none. */
  compressors?: ParquetCompressors | undefined;
  /** Ends the import. Default: none. */
  signal?: AbortSignal | undefined;
}

const KNOWN: OptionNames<ImportLeRobotOptions> = { episodes: 1, entityPath: 1, compressors: 1, signal: 1 };

/**
 * Imports a LeRobot dataset of the versions 2.0 to 3.0, each episode as a recording of its own, as Rerun's importer
 * does: `episode_0`, `episode_1` and so on, of the application of `recording`, through its sinks.
 *
 * Features become entities on the timeline `frame_index`: numbers are `Scalars`, texts and the task `TextDocument`,
 * images `EncodedImage`, and videos `VideoStream`. A group of rows of a table is in memory at a time. The import
 * waits while slow sinks have data pending, and ends early if the recording is closed. Needs the package `hyparquet`.
 *
 * @param source the folder of the dataset on Node, its URL, or a function to open a file of the dataset by path
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or names a missing episode
 * @throws {RerunError} `INVALID_FORMAT` if the description of the dataset is damaged, `UNSUPPORTED` for another version,
 * or the error of the source. Damaged episodes are `problems`, unless no episode is left
 *
 * @example
 * const { problems } = await importLeRobot(rec, "datasets/pusht", { episodes: [0, 1] });
 */
export function importLeRobot(
  recording: RecordingStream,
  source: LeRobotSource,
  options: ImportLeRobotOptions = {},
): Promise<ImportedLeRobot> {
  return withRerunErrors(async () => {
    checkRecording(recording, "stats");
    checkOptions("importLeRobot", options, KNOWN);
    const { entityPath = "/", compressors, signal } = options;
    const prefix = EntityPath.parse(toEntityPath(entityPath).path.toString());
    const files = new DatasetFiles(source, { compressors, signal });
    const { importDataset } = await import("./dataset-import.ts");
    return importDataset(recording, files, { prefix, signal, episodes: options.episodes });
  });
}
