import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";

/** The dataset and the recording of the parts, which the programs for catalogs read. */
export const DATASET = "segments";
export const RECORDING = "run";
/** The entities of a part. */
const ENTITIES = ["joint_3", "joint_4"];
const ROWS = 500;
/** The parts of a producer. */
const PARTS = 100;

/** Makes parts of one recording in a folder, as if producers had uploaded them: two chunks of 500 rows each. */
export async function makeParts(folder: string, count: number): Promise<void> {
  for (let part = 0; part < count; part++) await makePart(join(folder, keyOfPart(part)), part);
}

/** Makes the part with a number: its rows come after the rows of the parts before. */
export async function makePart(path: string, part: number): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const rec = new rr.RecordingStream("benchmark", { recordingId: RECORDING });
  await rec.save(path);
  for (const entity of ENTITIES)
    for (let row = 0; row < ROWS; row++)
      rec.log(entity, new rr.Scalars(row / ROWS), { time: { step: part * ROWS + row } });
  await rec.close();
}

export function keyOfPart(part: number): string {
  const run = String(Math.floor(part / PARTS)).padStart(16, "0");
  return `v1/${DATASET}/direct/${RECORDING}/robot-${run}/${String(part % PARTS).padStart(8, "0")}.rrd`;
}
