import { RerunError, type EntityPath, type RecordingStream, type StoreId } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { encodeRows } from "@rerun-ts/core/encode";
import { ImportPace } from "@rerun-ts/core/recording";
import { checkAborted, getOrAdd } from "@rerun-ts/core/util";
import { RecordingInfo } from "@rerun-ts/types";
import { chunkMessage, type ChunkData } from "@rerun-ts/reading/chunks";
import type { TableBatch, TableFile } from "../tables/table-batch.ts";
import type { DatasetFiles } from "./dataset-files.ts";
import { episodeVideos, type EpisodePart } from "./episode-videos.ts";
import { FrameChunks, type Frames } from "./frame-chunks.ts";
import { readDataset, type Episode, type LeRobotDataset } from "./read-dataset.ts";

/** A skipped part of a dataset. */
export interface LeRobotProblem {
  /** The episode. `undefined`: all. */
  readonly episode: number | undefined;
  /** The feature. `undefined`: all. */
  readonly feature: string | undefined;
  /** The fault. */
  readonly reason: string;
}

/** Facts about an imported dataset. */
export interface ImportedLeRobot {
  /** The number of episodes. */
  readonly episodes: number;
  /** The number of frames in the tables of these. */
  readonly frames: number;
  /** The skipped parts. */
  readonly problems: readonly LeRobotProblem[];
}

/** The part of a dataset that is imported. */
interface DatasetChoice {
  /** The entity above those of the features. */
  readonly prefix: EntityPath;
  /** The numbers of the episodes. `undefined`: all. */
  readonly episodes: readonly number[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Imports a dataset, as `importLeRobot` says. */
export async function importDataset(
  recording: RecordingStream,
  files: DatasetFiles,
  choice: DatasetChoice,
): Promise<ImportedLeRobot> {
  const dataset = await readDataset(files);
  const episodes = chosen(dataset.episodes, choice.episodes);
  return new DatasetImport(recording, files, { ...dataset, episodes }, choice).run();
}

function chosen(episodes: readonly Episode[], wanted: readonly number[] | undefined): readonly Episode[] {
  const known = new Map(episodes.map((episode) => [episode.index, episode]));
  if (wanted === undefined) return [...known.values()];
  if (!Array.isArray(wanted)) throw invalidArgument("episodes", "a list of numbers", wanted);
  return [...new Set(wanted)].map((index) => {
    const episode = known.get(index);
    if (episode === undefined)
      throw invalidArgument("episodes", `numbers of the ${known.size} episodes of the dataset`, index);
    return episode;
  });
}

class DatasetImport {
  readonly #recording: RecordingStream;
  readonly #files: DatasetFiles;
  readonly #dataset: LeRobotDataset;
  readonly #prefix: EntityPath;
  readonly #signal: AbortSignal | undefined;
  readonly #pace: ImportPace;
  /** The episodes whose recordings are open. */
  readonly #opened = new Set<number>();
  readonly #problems: LeRobotProblem[] = [];
  #firstError: unknown;
  #frames = 0;

  constructor(
    recording: RecordingStream,
    files: DatasetFiles,
    dataset: LeRobotDataset,
    { prefix, signal }: DatasetChoice,
  ) {
    this.#recording = recording;
    this.#files = files;
    this.#dataset = dataset;
    this.#prefix = prefix;
    this.#signal = signal;
    this.#pace = new ImportPace(recording);
    const { undescribed } = dataset;
    if (undescribed > 0)
      this.#problems.push({
        episode: undefined,
        feature: undefined,
        reason: `${undescribed} episodes are not described`,
      });
  }

  async run(): Promise<ImportedLeRobot> {
    // Episodes that share a data file also share their video files, in most datasets.
    for (const [path, episodes] of grouped(this.#dataset.episodes, ({ dataPath }) => dataPath)) {
      await this.#attempt(
        episodes.map(({ index }) => index),
        undefined,
        () => this.#files.table(path, (table) => this.#importFrames(table, episodes)),
      );
      for (const { name, dtype } of this.#dataset.features)
        if (dtype === "video") await this.#importVideos(name, episodes);
      if (!this.#pace.isOpen) break;
    }
    if (this.#opened.size === 0 && this.#firstError !== undefined) throw this.#firstError;
    return { episodes: this.#opened.size, frames: this.#frames, problems: this.#problems };
  }

  async #importFrames(table: TableFile, episodes: readonly Episode[]): Promise<void> {
    const { columns } = table;
    const { features, tasks } = this.#dataset;
    const wanted = new Set(episodes.map(({ index }) => index));
    const chunks = new FrameChunks(columns, features, tasks, this.#prefix);
    const positions = new Map(columns.map(({ name }, position) => [name, position]));
    const next = new Map<number, number>();
    for await (const batch of table.batches()) {
      checkAborted(this.#signal);
      for (const { episode, frames } of framesOf(batch, positions, next, episodes)) {
        if (!wanted.has(episode)) continue;
        if (!(await this.#open(episode, chunks.names()))) return;
        for (const chunk of chunks.of(frames)) if (!(await this.#send(episode, chunk))) return;
        this.#frames += frames.indices.length;
      }
    }
    for (const problem of chunks.problems) this.#reportOnce({ episode: undefined, ...problem });
    for (const index of wanted)
      if (!this.#opened.has(index))
        this.#problems.push({ episode: index, feature: undefined, reason: "the table of frames has none of it" });
  }

  /** Reports a problem that each data file may have. */
  #reportOnce(problem: LeRobotProblem): void {
    const isKnown = this.#problems.some(
      ({ episode, feature, reason }) =>
        episode === problem.episode && feature === problem.feature && reason === problem.reason,
    );
    if (!isKnown) this.#problems.push(problem);
  }

  async #importVideos(feature: string, episodes: readonly Episode[]): Promise<void> {
    const parts = episodes.flatMap(({ index, videos }): EpisodePart[] => {
      const part = videos.get(feature);
      return part === undefined ? [] : [{ episode: index, ...part }];
    });
    for (const [path, of] of grouped(parts, (part) => part.path)) {
      await this.#attempt(
        of.map(({ episode }) => episode),
        feature,
        () =>
          this.#files.with(path, async (access) => {
            for await (const found of episodeVideos(access, this.#prefix.join(feature), of, this.#signal)) {
              const { episode } = found;
              if ("reason" in found) this.#problems.push({ episode, feature, reason: found.reason });
              else {
                if (!(await this.#open(episode)) || !(await this.#send(episode, found.chunk))) return;
              }
            }
          }),
      );
    }
  }

  /** Begins the recording of an episode, once. Returns whether the recording takes data. */
  async #open(episode: number, chunks: Iterable<ChunkData> = []): Promise<boolean> {
    if (this.#opened.has(episode)) return true;
    const info = new RecordingInfo({ name: `Episode ${episode}` });
    const row = { path: "/__properties", data: info, isStatic: true, nameOf: (label: string) => label };
    const messages = encodeRows(this.#storeId(episode), "log_time", [row]);
    for (const chunk of chunks) messages.push(chunkMessage(chunk, this.#storeId(episode)));
    const isOpen = await this.#pace.log(messages, "importLeRobot");
    if (isOpen) this.#opened.add(episode);
    return isOpen;
  }

  /** Returns whether the recording takes data. */
  #send(episode: number, chunk: ChunkData): Promise<boolean> {
    return this.#pace.log([chunkMessage(chunk, this.#storeId(episode))], "importLeRobot");
  }

  #storeId(episode: number): StoreId {
    return {
      kind: "recording",
      applicationId: this.#recording.applicationId,
      recordingId: `episode_${episode}`,
    };
  }

  /** Imports a file. Its error is a problem of the episodes. */
  async #attempt(episodes: readonly number[], feature: string | undefined, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      checkAborted(this.#signal);
      const { message: reason } = RerunError.from(error);
      this.#firstError ??= error;
      for (const episode of episodes) this.#problems.push({ episode, feature, reason });
    }
  }
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    getOrAdd(groups, keyOf(item), () => []).push(item);
  }
  return groups;
}

/**
 * The frames of a batch, one piece for each episode.
 *
 * @param next the number of the next frame of each episode, for files without these numbers
 * @param episodes those of the file
 */
function* framesOf(
  { rows, cells }: TableBatch,
  positions: ReadonlyMap<string, number>,
  next: Map<number, number>,
  episodes: readonly Episode[],
): Generator<{ readonly episode: number; readonly frames: Frames }, void, undefined> {
  const column = (name: string) => cells[positions.get(name) ?? -1];
  const indices = column("episode_index");
  const numbers = column("frame_index");
  const only = episodes.length === 1 ? episodes[0]?.index : undefined;
  const episodeAt = (row: number): number => Number(indices === undefined ? only : (indices[row] ?? Number.NaN));
  for (let from = 0, to = 0; from < rows; from = to) {
    const episode = episodeAt(from);
    do to++;
    while (to < rows && episodeAt(to) === episode);
    const first = next.get(episode) ?? 0;
    next.set(episode, first + to - from);
    const frames = BigInt64Array.from({ length: to - from }, (_, row) =>
      BigInt(Number(numbers?.[from + row] ?? first + row)),
    );
    const parts = [...positions].map(([name, at]): [string, TableBatch["cells"][number]] => [
      name,
      (cells[at] ?? []).slice(from, to),
    ]);
    yield { episode, frames: { indices: frames, cells: new Map(parts) } };
  }
}
