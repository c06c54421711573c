import { RerunError } from "@rerun-ts/core";
import { upperBound } from "@rerun-ts/core/util";
import { CODECS_BY_NUMBER, type VideoCodec } from "@rerun-ts/types/media";
import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { loadGroups } from "./chunk-groups.ts";
import { first, integerAt, valuesOf } from "./video-cells.ts";
import { CODEC } from "./video-components.ts";
import type { VideoWindow } from "./video-window.ts";

/** The codec from a time on. */
interface CodecChange {
  readonly time: bigint;
  readonly rowId: string;
  readonly number: number;
}

/** The codec of a video at each time. A static codec hides all others. */
export class CodecHistory {
  readonly #changes: readonly CodecChange[];

  private constructor(changes: readonly CodecChange[]) {
    this.#changes = changes;
  }

  /** Reads the codecs of a video. Rejects with `INVALID_DATA` if there are none. */
  static async read(loader: ChunkLoader, window: VideoWindow, options: ReadOptions): Promise<CodecHistory> {
    const { chunks, timeline, entityPath } = window;
    const infos = chunks.filter(({ components }) => components.has(CODEC));
    const statics = infos.filter(({ timelines }) => timelines.size === 0);
    const timed = infos.filter(({ timelines }) => timelines.has(timeline?.name ?? ""));
    const codecs: CodecChange[] = [];
    for await (const { chunk } of loadGroups(loader, statics.length > 0 ? statics : timed, options)) {
      const values = valuesOf(chunk, CODEC);
      const column = chunk.layout.timelines.find(({ name }) => name === timeline?.name);
      const times = column === undefined || statics.length > 0 ? undefined : chunk.times(column);
      for (let row = 0; row < chunk.rows; row++) {
        const number = first(values, row, integerAt);
        if (number !== undefined) codecs.push({ time: times?.[row] ?? 0n, rowId: chunk.rowId(row), number });
      }
    }
    if (codecs.length === 0)
      throw new RerunError("INVALID_DATA", `the video ${entityPath} has no codec: log a \`VideoStream\` with it`);
    codecs.sort((a, b) => (a.time === b.time ? (a.rowId < b.rowId ? -1 : 1) : a.time < b.time ? -1 : 1));
    const changes =
      statics.length > 0 ? codecs.slice(-1) : codecs.filter(({ number }, at) => number !== codecs[at - 1]?.number);
    return new CodecHistory(changes);
  }

  /** The codec at a time: the latest one before, or else the first. @throws {RerunError} `UNSUPPORTED` if unknown */
  at(time: bigint): VideoCodec {
    const count = upperBound(this.#changes.length, (index) => (this.#changes[index]?.time ?? time) <= time);
    const number = this.#changes[Math.max(0, count - 1)]?.number ?? 0;
    const codec = CODECS_BY_NUMBER.get(number);
    if (codec === undefined)
      throw new RerunError("UNSUPPORTED", `the codec of the video is unknown: 0x${number.toString(16)}`);
    return codec;
  }
}
