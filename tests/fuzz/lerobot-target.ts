import { parquetWriteBuffer } from "hyparquet-writer";
import { importLeRobot } from "@rerun-ts/import";
import * as rr from "@rerun-ts/node";
import type { FuzzTarget } from "./target.ts";

/** The files of an input, in this order, each after a line of its own. */
const FILES = ["meta/info.json", "meta/episodes.jsonl", "meta/tasks.jsonl"];
const SEPARATOR = "\n--\n";

const INFO = {
  codebase_version: "v2.1",
  chunks_size: 2,
  data_path: "data/{episode_chunk:03d}/{episode_index:06d}.parquet",
  video_path: "videos/{video_key}/{episode_index:06d}.mp4",
  features: {
    state: { dtype: "float32", shape: [1], names: { motors: ["m"] } },
    note: { dtype: "string", shape: [1] },
    camera: { dtype: "video", shape: [4, 4, 3], names: ["height", "width", "channels"] },
  },
};

function frames(): Uint8Array {
  const columnData = [
    { name: "state", data: [0.5, null, 2], type: "DOUBLE" as const },
    { name: "note", data: ["x", null, "ü"], type: "STRING" as const },
    { name: "episode_index", data: [0n, 0n, 1n], type: "INT64" as const },
    { name: "task_index", data: [0n, 7n, null], type: "INT64" as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** The description of a LeRobot dataset. Its tables and videos stay as they are: other targets damage those. */
export const leRobotTarget: FuzzTarget = {
  name: "lerobot",
  seeds: () => {
    const episodes = '{"episode_index": 0}\n{"episode_index": 1}\n';
    const seed = [JSON.stringify(INFO), episodes, '{"task_index": 0, "task": "pick"}\n'].join(SEPARATOR);
    return [new TextEncoder().encode(seed)];
  },
  words: ["v3.0", "..", "/", "null", "1e999", "-1", '"image"', "{episode_index:99999999d}"],
  async run(input) {
    const texts = new TextDecoder().decode(input).split(SEPARATOR);
    const recording = new rr.RecordingStream("fuzz", { sendProperties: false });
    recording.memoryRecording();
    const open = (path: string): Uint8Array => {
      const text = texts[FILES.indexOf(path)];
      if (text !== undefined) return new TextEncoder().encode(text);
      if (path.endsWith(".parquet") && !path.startsWith("meta/")) return frames();
      throw new rr.RerunError("NOT_FOUND", `there is no ${path}`);
    };
    try {
      await importLeRobot(recording, open);
    } catch (error) {
      if (!rr.isRerunError(error) || error.code === "INTERNAL") throw error;
    } finally {
      await recording.close();
    }
  },
};
