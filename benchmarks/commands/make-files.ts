import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { mcapFile, type TestChannel } from "@rerun-ts/test-support/common/mcap-file";
import { run } from "@rerun-ts/test-support/node/run";
import { hash } from "../data.ts";
import { outputFolder } from "../run-peers.ts";

const ENTITIES = 1000;
const [WIDTH, HEIGHT] = [640, 480];
/** As much as one chunk of an MCAP file has before it is compressed. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const IMAGE = `std_msgs/Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`;

/** Makes a recording of 1,000 entities, each with so many chunks of so many rows, as live recordings have them. */
export async function makeManyEntities(path: string, chunks: number, rows: number): Promise<void> {
  const rec = new rr.RecordingStream("benchmark", { recordingId: "entities" });
  await rec.save(path);
  const values = new Float64Array(rows);
  const frames = new BigInt64Array(rows);
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (let entity = 0; entity < ENTITIES; entity++) {
      for (let row = 0; row < rows; row++) {
        frames[row] = BigInt(chunk * rows + row);
        values[row] = Math.sin(entity + (chunk * rows + row) / 100);
      }
      const times = rr.TimeColumn.sequence("frame", frames.slice());
      rec.sendColumns(`group${entity % 20}/sensor${entity}`, times, rr.Scalars.columns({ scalars: values.slice() }));
    }
    // The queue to the file is emptied now and then.
    await rec.flush();
  }
  await rec.close();
}

/** Makes a recording of a short program, 0.3 MB. */
export async function makeSmallRecording(path: string): Promise<void> {
  const rec = new rr.RecordingStream("benchmark", { recordingId: "small" });
  await rec.save(path);
  for (let frame = 0; frame < 1000; frame++) {
    rec.setTime("frame", frame);
    for (let sensor = 0; sensor < 10; sensor++) rec.log(`sensors/${sensor}`, new rr.Scalars(Math.sin(frame + sensor)));
    const positions = Array.from({ length: 100 }, (_, index) => [index, frame, index] as const);
    if (frame % 10 === 0) rec.log("points", new rr.Points3D(positions));
  }
  await rec.close();
}

/** Images of an MCAP file. */
export interface McapImages {
  /** The number of images. */
  readonly count: number;
  /** The number of grey levels of the noise. */
  readonly noise: number;
  /** The Python that compresses the file with zstd. `undefined`: no compression. */
  readonly python?: string;
}

/** Makes an MCAP file of ROS 2 images of 640 × 480 pixels. */
export async function makeMcapImages(path: string, { count, noise, python }: McapImages): Promise<void> {
  const messages = Array.from({ length: count }, (_, frame) => imageMessage(frame, noise));
  const schema = ["sensor_msgs/msg/Image", "ros2msg", IMAGE] as const;
  const channels: TestChannel[] = [{ topic: "/camera", messageEncoding: "cdr", schema, messages }];
  const options = { chunkSize: CHUNK_BYTES };
  if (python === undefined) return await writeFile(path, await mcapFile(channels, options));
  const chunks: Uint8Array[] = [];
  const keep = (records: Uint8Array): { compression: string; compressedData: Uint8Array } => {
    chunks.push(records.slice());
    return { compression: "", compressedData: records };
  };
  await mcapFile(channels, { ...options, compressChunk: keep });
  const compressed = await compress(chunks, python);
  const take = (): { compression: string; compressedData: Uint8Array } => ({
    compression: "zstd",
    compressedData: compressed.shift() as Uint8Array,
  });
  await writeFile(path, await mcapFile(channels, { ...options, compressChunk: take }));
}

/** The pixels of large grey areas with the noise of a camera. zstd makes 60 % of them if it has 8 levels, 40 % of 4. */
function greyScene(frame: number, noise: number): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, at = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      for (let channel = 0; channel < 3; channel++, at++)
        pixels[at] = ((x + y + frame) >> 8) * 24 + (hash(frame * pixels.length + at, 9) % noise);
  return pixels;
}

/** A `sensor_msgs/msg/Image` in CDR. */
function imageMessage(frame: number, noise: number): Uint8Array {
  const pixels = greyScene(frame, noise);
  const text = new TextEncoder().encode("rgb8\0");
  const head = new DataView(new ArrayBuffer(56));
  head.setUint8(1, 1);
  head.setInt32(4, frame, true);
  // An empty `frame_id`, and the bytes to the next number.
  head.setUint32(12, 1, true);
  head.setUint32(20, HEIGHT, true);
  head.setUint32(24, WIDTH, true);
  head.setUint32(28, text.byteLength, true);
  new Uint8Array(head.buffer).set(text, 32);
  head.setUint32(40, WIDTH * 3, true);
  head.setUint32(44, pixels.byteLength, true);
  const message = new Uint8Array(48 + pixels.byteLength);
  message.set(new Uint8Array(head.buffer, 0, 48));
  message.set(pixels, 48);
  return message;
}

/** Compresses chunks with zstd, which Node 20 cannot. */
async function compress(chunks: readonly Uint8Array[], python: string): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(outputFolder, "chunks-"));
  try {
    for (const [index, chunk] of chunks.entries()) await writeFile(join(folder, String(index)), chunk);
    const { code, output } = await run(python, [join(import.meta.dirname, "compress.py"), folder], { capture: true });
    if (code !== 0) throw new Error(`compress.py failed:\n${output}`);
    return await Promise.all(chunks.map((_, index) => readFile(join(folder, `${index}.zst`))));
  } finally {
    await rm(folder, { recursive: true });
  }
}
