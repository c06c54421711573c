import { RerunError } from "@rerun-ts/core";
import { timeTextOf } from "@rerun-ts/core/encode";
import type { RecordedVideoFile } from "@rerun-ts/types/media";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { loadGroups } from "./chunk-groups.ts";
import { binaryAt, first, longAt, valuesOf } from "./video-cells.ts";
import { BLOB, SHOWN_TIME } from "./video-components.ts";
import type { VideoWindow } from "./video-window.ts";

/** A value, and the time and id of its row. A static one has no time. */
interface Found<Value> {
  readonly time: bigint | undefined;
  readonly rowId: string;
  readonly value: Value;
}

/** Reads the file of an `AssetVideo`, and the part of it that is shown in a window. */
export async function recordedVideoFile(
  loader: ChunkLoader,
  window: VideoWindow,
  options: ReadOptions,
): Promise<RecordedVideoFile> {
  const { entityPath, from, to, isWhole } = window;
  const contents = await fileOf(loader, window, options);
  if (isWhole) return { kind: "file", entityPath, contents, shown: undefined };
  const times = await cells(loader, window, SHOWN_TIME, longAt, options);
  const before = times.filter(({ time }) => time === undefined || time < from).at(-1);
  const shown = times.filter(({ time }) => time !== undefined && time >= from && time <= to);
  const [start] = before === undefined || shown[0]?.time === from ? shown : [before];
  if (start === undefined)
    throw new RerunError(
      "NOT_FOUND",
      `the video ${entityPath} shows nothing between \`from\` and \`to\`, which need its \`VideoFrameReference\`s`,
    );
  let [earliest, last] = [start.value, start.value];
  for (const { value } of shown) {
    if (value < earliest) earliest = value;
    if (value > last) last = value;
  }
  return { kind: "file", entityPath, contents, shown: { first: earliest, last } };
}

/** The only file that is shown in a window. */
async function fileOf(loader: ChunkLoader, window: VideoWindow, options: ReadOptions): Promise<Uint8Array> {
  const { entityPath, from, to, timeline } = window;
  const files = await cells(loader, window, BLOB, binaryAt, options);
  if (timeline === undefined && files.length > 1)
    throw new RerunError(
      "UNSUPPORTED",
      `${entityPath} has ${files.length} files: choose one with \`timeline\`, \`from\` and \`to\``,
    );
  const later = files.filter(({ time }) => time !== undefined && time >= from && time <= to);
  const before = files.filter(({ time }) => time === undefined || time < from).at(-1);
  const [file, other] = before === undefined ? later : [before, ...later];
  if (file === undefined) throw new RerunError("NOT_FOUND", `the video ${entityPath} has no file before \`to\``);
  if (other !== undefined)
    throw new RerunError(
      "UNSUPPORTED",
      `the file of ${entityPath} changes at ${timeTextOf(timeline?.kind ?? "sequence", other.time ?? 0n)}: ` +
        "choose a part of the video with `timeline`, `from` and `to`",
    );
  return file.value;
}

/** The values of a component in the order of their times. Static ones hide all others. */
async function cells<Value>(
  loader: ChunkLoader,
  { chunks, timeline }: VideoWindow,
  component: string,
  read: Parameters<typeof first<Value>>[2],
  options: ReadOptions,
): Promise<Found<Value>[]> {
  const infos = chunks.filter(({ components }) => components.has(component));
  const statics = infos.filter(({ timelines }) => timelines.size === 0);
  const timed = infos.filter(({ timelines }) => timeline === undefined || timelines.has(timeline.name));
  const foundValues: Found<Value>[] = [];
  for await (const { chunk } of loadGroups(loader, statics.length > 0 ? statics : timed, options)) {
    const values = valuesOf(chunk, component);
    const column = chunk.layout.timelines.find(({ name }) => name === timeline?.name);
    const times = column === undefined ? undefined : chunk.times(column);
    for (let row = 0; row < chunk.rows; row++) {
      const value = first(values, row, read);
      if (value !== undefined) foundValues.push({ time: times?.[row], rowId: chunk.rowId(row), value });
    }
  }
  foundValues.sort((a, b) => {
    if (a.time === b.time) return a.rowId < b.rowId ? -1 : 1;
    return a.time === undefined || (b.time !== undefined && a.time < b.time) ? -1 : 1;
  });
  return statics.length > 0 ? foundValues.slice(-1) : foundValues;
}
