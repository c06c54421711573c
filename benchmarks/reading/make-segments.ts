import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { readingFolder } from "../run-peers.ts";

const ENTITIES = 10;
const ROWS = 1000;
/** Small chunks, as a program logs them that does not batch for long: 1000 in each segment. */
const CHUNK_ROWS = 10;

/** Makes recordings for a dataset of so many segments. Returns their folder; it is made once. */
export async function makeSegments(count: number): Promise<string> {
  const folder = join(readingFolder, `segments-${count}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.new`;
  await mkdir(unfinished, { recursive: true });
  for (let segment = 0; segment < count; segment++) {
    const recordingId = `segment-${String(segment).padStart(3, "0")}`;
    const rec = new rr.RecordingStream("benchmark", { recordingId, batcher: { flushNumRows: CHUNK_ROWS } });
    await rec.save(join(unfinished, `${recordingId}.rrd`));
    for (let entity = 0; entity < ENTITIES; entity++)
      for (let step = 0; step < ROWS; step++)
        rec.log(`joint_${entity}`, new rr.Scalars(step / ROWS), { time: { step } });
    await rec.close();
  }
  await rename(unfinished, folder);
  return folder;
}
