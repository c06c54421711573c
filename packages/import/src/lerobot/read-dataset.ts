import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { DatasetFiles, TableRow } from "./dataset-files.ts";

/** A feature of the frames. */
export interface LeRobotFeature {
  readonly name: string;
  /** Its type, such as `float32`, `image` or `video`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The names of its values if it has one dimension, or else of its dimensions. */
  readonly names: readonly string[] | undefined;
}

/** The part of a video file that belongs to an episode, in seconds. */
export interface VideoPart {
  readonly path: string;
  readonly from: number;
  /** The end, which does not belong to it. */
  readonly to: number;
}

/** An episode, and where its data is. */
export interface Episode {
  readonly index: number;
  /** The Parquet file with its frames. */
  readonly dataPath: string;
  /** Its videos, by the names of the features. */
  readonly videos: ReadonlyMap<string, VideoPart>;
}

/** The description of a dataset. */
export interface LeRobotDataset {
  readonly features: readonly LeRobotFeature[];
  readonly episodes: readonly Episode[];
  /** The number of episodes that it should have besides. */
  readonly undescribed: number;
  /** The texts of the tasks by their indices. */
  readonly tasks: ReadonlyMap<number, string>;
}

/** The description of a dataset in its folder. */
const INFO_PATH = "meta/info.json";

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the description of a dataset of the versions 2.0, 2.1 and 3.0.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it is damaged, `UNSUPPORTED` for another version
 */
export async function readDataset(files: DatasetFiles): Promise<LeRobotDataset> {
  const info = objectIn(INFO_PATH, parse(INFO_PATH, await files.text(INFO_PATH)));
  const version = String(info["codebase_version"]);
  if (/^v?3\./.test(version)) return readVersion3(files, info);
  if (/^v?2\./.test(version)) return readVersion2(files, info);
  throw new RerunError("UNSUPPORTED", `the dataset has the version ${version} of LeRobot; 2.0 to 3.0 can be read`);
}

/** A file for each episode, and a line of text for each episode and task. */
async function readVersion2(files: DatasetFiles, info: Json): Promise<LeRobotDataset> {
  const features = featuresOf(info);
  const chunkSize = wholeNumber(INFO_PATH, "chunks_size", info["chunks_size"] ?? 1000, 1);
  const episodes = await readLines(files, "meta/episodes.jsonl", (line, path) => {
    const index = wholeNumber(path, "episode_index", line["episode_index"]);
    const places = { episode_index: index, episode_chunk: Math.floor(index / chunkSize) };
    const videos = videosOf(features, info, () => ({ places, from: 0, to: Infinity }));
    return { index, dataPath: filled(info, "data_path", places), videos };
  });
  const tasks = await readLines(files, "meta/tasks.jsonl", (line, path): [number, string] => [
    wholeNumber(path, "task_index", line["task_index"]),
    String(line["task"]),
  ]);
  return { features, episodes, undescribed: 0, tasks: new Map(tasks) };
}

/** Files with many episodes each, which tables describe. */
async function readVersion3(files: DatasetFiles, info: Json): Promise<LeRobotDataset> {
  const features = featuresOf(info);
  const episodes: Episode[] = [];
  const total = wholeNumber(INFO_PATH, "total_episodes", info["total_episodes"]);
  for (let chunk = 0, file = 0; episodes.length < total; file++) {
    const path = `meta/episodes/chunk-${padded(chunk, 3)}/file-${padded(file, 3)}.parquet`;
    const rows = await files.rows(path).catch((error: unknown) => {
      if (episodes.length > 0 && isRerunError(error) && error.code === "NOT_FOUND") return undefined;
      throw error;
    });
    if (rows === undefined) {
      if (file === 0) break;
      chunk++;
      file = -1;
      continue;
    }
    if (rows.length === 0) throw damaged(`${path} has no rows`);
    for (const row of rows) {
      const places = (from: string): Places => ({
        chunk_index: wholeNumber(path, `${from}/chunk_index`, row[`${from}/chunk_index`]),
        file_index: wholeNumber(path, `${from}/file_index`, row[`${from}/file_index`]),
      });
      const videos = videosOf(features, info, (name) => ({
        places: places(`videos/${name}`),
        from: numberIn(path, row, `videos/${name}/from_timestamp`),
        to: numberIn(path, row, `videos/${name}/to_timestamp`),
      }));
      const index = wholeNumber(path, "episode_index", row["episode_index"]);
      episodes.push({ index, dataPath: filled(info, "data_path", places("data")), videos });
    }
  }
  const tasks = await files.rows("meta/tasks.parquet");
  return {
    features,
    episodes,
    undescribed: Math.max(0, total - episodes.length),
    tasks: new Map(tasks.flatMap(taskOf)),
  };
}

/** A task. Its text has the name of an index of pandas. */
function taskOf(row: TableRow): [number, string][] {
  const index = Number(row["task_index"]);
  const text = row["task"] ?? row["__index_level_0__"] ?? Object.values(row).find((cell) => typeof cell === "string");
  return typeof text === "string" && Number.isInteger(index) ? [[index, text]] : [];
}

function featuresOf(info: Json): LeRobotFeature[] {
  return Object.entries(objectIn(`\`features\` of ${INFO_PATH}`, info["features"])).map(([name, value]) => {
    const { dtype, shape, names } = objectIn(`the feature ${name} of ${INFO_PATH}`, value);
    const sizes = Array.isArray(shape) ? shape.map(Number) : [];
    return { name, dtype: String(dtype), shape: sizes, names: listedNames(names) };
  });
}

/** Names: a list, a list by the name of the axis, or the index of each name. */
function listedNames(names: unknown): readonly string[] | undefined {
  if (Array.isArray(names)) return names.every((name) => typeof name === "string") ? names : undefined;
  if (typeof names !== "object" || names === null) return undefined;
  const entries = Object.entries(names);
  if (entries.length > 0 && entries.every(([, index]) => typeof index === "number"))
    return entries.sort(([, a], [, b]) => Number(a) - Number(b)).map(([name]) => name);
  return entries.length === 1 ? listedNames(entries[0]?.[1]) : undefined;
}

type Places = Readonly<Record<string, number>>;

function videosOf(
  features: readonly LeRobotFeature[],
  info: Json,
  partOf: (name: string) => { readonly places: Places; readonly from: number; readonly to: number },
): Map<string, VideoPart> {
  const videos = new Map<string, VideoPart>();
  for (const { name, dtype } of features) {
    if (dtype !== "video") continue;
    const { places, from, to } = partOf(name);
    videos.set(name, { path: filled(info, "video_path", { ...places, video_key: name }), from, to });
  }
  return videos;
}

/** The path of a file, from a template such as `data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet`. */
function filled(info: Json, key: string, places: Readonly<Record<string, number | string>>): string {
  const template = info[key];
  if (typeof template !== "string") throw damaged(`\`${key}\` of ${INFO_PATH} must be a path, got ${typeof template}`);
  const path = template.replaceAll(/\{(\w+)(?::0?(\d+)d)?\}/g, (whole, name: string, width: string | undefined) => {
    const value = places[name];
    return value === undefined ? whole : padded(value, Number(width ?? 0));
  });
  // Datasets come from anywhere, and must not name files outside of their folders.
  if (/^([/\\]|[a-z]+:)|(^|[/\\])\.\.([/\\]|$)/i.test(path)) throw damaged(`\`${key}\` leads out of it: ${path}`);
  return path;
}

function padded(value: number | string, width: number): string {
  return String(value).padStart(Math.min(width, 20), "0");
}

async function readLines<Item>(
  files: DatasetFiles,
  path: string,
  read: (line: Json, path: string) => Item,
): Promise<Item[]> {
  const lines = (await files.text(path)).split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => read(objectIn(path, parse(path, line)), path));
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(`${path} is not JSON: ${messageOf(error)}`, error);
  }
}

function objectIn(what: string, value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw damaged(`${what} must be an object`);
  return value as Json;
}

function wholeNumber(path: string, name: string, value: unknown, least = 0): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < least)
    throw damaged(`\`${name}\` of ${path} must be a whole number, got ${String(value)}`);
  return number;
}

function numberIn(path: string, row: TableRow, name: string): number {
  const value = row[name];
  if (typeof value !== "number" || Number.isNaN(value)) throw damaged(`\`${name}\` of ${path} must be a number`);
  return value;
}

function damaged(reason: string, cause?: unknown): RerunError {
  return new RerunError("INVALID_FORMAT", `the LeRobot dataset is damaged: ${reason}`, { cause });
}
