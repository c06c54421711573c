import { TimeColumn, type ComponentColumn, type EntityPath } from "@rerun-ts/core";
import { EncodedDepthImage, EncodedImage, Scalars, SeriesLines, TextDocument } from "@rerun-ts/types";
import { chunkFromColumns, type ChunkData } from "@rerun-ts/reading/chunks";
import type { TableCell, FileColumn } from "../tables/table-batch.ts";
import type { LeRobotFeature } from "./read-dataset.ts";

/** The timeline of frames, as in Rerun's importer. */
export const TIMELINE = "frame_index";
/** The columns that number frames. They are not data. */
const NUMBERS = new Set(["timestamp", "frame_index", "episode_index", "index", "task_index"]);
const SCALARS = /^(float|int|uint)(8|16|32|64)$|^bool$/;

/** Some frames of an episode: their numbers, and the cells of each column. */
export interface Frames {
  readonly indices: BigInt64Array;
  readonly cells: ReadonlyMap<string, readonly TableCell[]>;
}

/** A feature that becomes an entity. */
interface FeaturePlan {
  readonly path: string;
  readonly name: string;
  readonly kind: FeatureKind;
}

/** The way in which features of a type become components. */
interface FeatureKind {
  /** The value of a cell that is not null. `null`: there is none. */
  valueOf(this: void, cell: TableCell): TableCell;
  /** The components of values that are not null. */
  columns(this: void, values: readonly TableCell[]): Iterable<ComponentColumn>;
}

/** A feature without a place in a recording, and why. */
export interface FeatureProblem {
  readonly feature: string;
  readonly reason: string;
}

/** Makes chunks of the frames of a data file. */
export class FrameChunks {
  /** The parts that were left out. Frames may add to them. */
  readonly problems: FeatureProblem[] = [];
  readonly #features: readonly LeRobotFeature[];
  readonly #tasks: ReadonlyMap<number, string>;
  readonly #prefix: EntityPath;
  readonly #plans: FeaturePlan[] = [];
  readonly #taskPath: string;
  /** The features with values that were left out. */
  readonly #incomplete = new Set<string>();

  constructor(
    columns: readonly FileColumn[],
    features: readonly LeRobotFeature[],
    tasks: ReadonlyMap<number, string>,
    prefix: EntityPath,
  ) {
    this.#features = features.filter(({ name, dtype }) => !NUMBERS.has(name) && dtype !== "video");
    this.#tasks = tasks;
    this.#prefix = prefix;
    this.#taskPath = String(prefix.join("task"));
    const stored = new Set(columns.map(({ name }) => name));
    for (const feature of this.#features) {
      const { name, dtype, shape } = feature;
      const kind = kindOf(feature);
      if (!stored.has(name)) this.#report(name, "the table of frames has no such column");
      else if (kind === undefined)
        this.#report(name, `data of the type ${dtype}[${shape.join(", ")}] is not supported`);
      else this.#plans.push({ path: String(prefix.join(name)), name, kind });
    }
  }

  /** The static chunks of an episode: the names of values. */
  *names(): Generator<ChunkData, void, undefined> {
    for (const { name, dtype, shape, names = [] } of this.#features) {
      if (shape.length !== 1 || names.length === 0 || !SCALARS.test(dtype)) continue;
      const columns = SeriesLines.columns({ names }).partition([names.length]);
      yield chunkFromColumns(this.#prefix.join(name), { columns });
    }
  }

  /** The chunks of some frames, one for each feature. */
  *of({ indices, cells }: Frames): Generator<ChunkData, void, undefined> {
    for (const { path, name, kind } of this.#plans) {
      const found = cells.get(name) ?? [];
      const values = found.map((cell) => (cell === null ? null : kind.valueOf(cell)));
      if (!this.#incomplete.has(name) && values.some((value, row) => value === null && found[row] !== null)) {
        this.#incomplete.add(name);
        this.#report(name, "images outside of the table of frames are not read");
      }
      yield* chunkOf(path, indices, values, kind);
    }
    const tasks = (cells.get("task_index") ?? []).map((task) =>
      task === null ? null : (this.#tasks.get(Number(task)) ?? null),
    );
    yield* chunkOf(this.#taskPath, indices, tasks, TEXT);
  }

  #report(feature: string, reason: string): void {
    this.problems.push({ feature, reason });
  }
}

function* chunkOf(
  path: string,
  indices: BigInt64Array,
  values: readonly TableCell[],
  { columns }: FeatureKind,
): Generator<ChunkData, void, undefined> {
  const kept = values.filter((value) => value !== null);
  if (kept.length === 0) return;
  const times = kept.length === values.length ? indices : indices.filter((_, row) => values[row] !== null);
  yield chunkFromColumns(path, { timelines: TimeColumn.sequence(TIMELINE, times), columns: columns(kept) });
}

const TEXT: FeatureKind = {
  valueOf: String,
  columns: (values) => TextDocument.columns({ text: values as readonly string[] }),
};

const NUMBER: FeatureKind = {
  valueOf: (cell) => cell,
  columns(values) {
    const lengths = values.map((value) => (Array.isArray(value) ? value.length : 1));
    const scalars = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const value of values) {
      if (Array.isArray(value)) for (const each of value as readonly TableCell[]) scalars[at++] = numberOf(each);
      else scalars[at++] = numberOf(value);
    }
    return Scalars.columns({ scalars }).partition(lengths);
  },
};

function kindOf({ dtype, shape, names }: LeRobotFeature): FeatureKind | undefined {
  if (dtype === "string") return TEXT;
  if (dtype !== "image") return SCALARS.test(dtype) && shape.length <= 1 ? NUMBER : undefined;
  const channels = shape[names?.findIndex((name) => name.startsWith("channel")) ?? -1] ?? shape[2];
  const type = channels === 1 ? EncodedDepthImage : EncodedImage;
  return { valueOf: imageFile, columns: (values) => type.columns({ blob: values as readonly Uint8Array[] }) };
}

function numberOf(cell: TableCell): number {
  return cell === null ? Number.NaN : Number(cell);
}

/** The file of an image: the bytes themselves, or a field beside the name of the file. */
function imageFile(cell: TableCell): Uint8Array | null {
  if (cell instanceof Uint8Array) return cell;
  const bytes = typeof cell === "object" && cell !== null && "bytes" in cell ? cell.bytes : null;
  return bytes instanceof Uint8Array ? bytes : null;
}
