import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parquetWriteBuffer } from "hyparquet-writer";
import { importTable } from "@rerun-ts/import";
import {
  encodeParquet,
  filterRrd,
  mergeRrd,
  openLive,
  openRrd,
  optimizeRrd,
  plainRows,
  repairRrd,
  rrdStats,
  splitRrd,
  verifyRrd,
  type LiveMessage,
} from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { parseProxyUrl, TimeColumn } from "@rerun-ts/core";
import { root } from "@rerun-ts/test-support/node/environment";
import { RrdDecoder, decodeRrd, readEncodedMessages } from "@rerun-ts/core/decode";
import {
  FrameError,
  ProtobufError,
  decodeFrame,
  encodeAck,
  encodeHello,
  encodeWelcome,
  forEachField,
  parseWebSocketUrl,
} from "@rerun-ts/core/transport";
import { GrpcFrameReader, ReceiveMemory, RelayError } from "@rerun-ts/node/relay";
import { readIpc } from "../../packages/reading/dist/ipc/read-ipc.js";
import { readStream } from "../../packages/core/dist/arrow/read-stream.js";
import { readLogMsg } from "../../packages/node/dist/relay/grpc/log-msg.js";
import { checkArgs } from "../../packages/node/dist/script/arguments.js";
import { catalogForgedTarget } from "./catalog-forged-target.ts";
import { catalogTarget } from "./catalog-target.ts";
import { FILM_TARGETS } from "./film-targets.ts";
import { leRobotTarget } from "./lerobot-target.ts";
import { MCAP_TARGETS } from "./mcap-targets.ts";
import type { FuzzTarget } from "./target.ts";

const text = new TextEncoder();
const bytesOf = (value: string): Uint8Array => text.encode(value);
const textOf = (input: Uint8Array): string => new TextDecoder().decode(input);

/** Runs code that may throw these errors and no others. */
function allow(isExpected: (error: unknown) => boolean, run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

const isRerunError = (error: unknown): boolean => rr.isRerunError(error) && error.code !== "INTERNAL";
const isArgumentError = (error: unknown): boolean =>
  (error instanceof TypeError || error instanceof RangeError) &&
  /^`[\w. -]+` (?:must be|must have|cannot be) /.test(error.message);

/** Runs code whose promise may be rejected with these errors and no others. */
async function allowLater(isExpected: (error: unknown) => boolean, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

/** A recording with some kinds of columns. */
function recordingBytes(compression: "none" | "lz4"): Uint8Array {
  const recording = new rr.RecordingStream("fuzz", { recordingId: "fuzz", compression, strict: true });
  const memory = recording.memoryRecording();
  recording.log("points", new rr.Points3D([1, 2, 3], { colors: "red", labels: ["a"] }), { time: { frame: 1 } });
  recording.log("tensor", new rr.Tensor([1, 2, 3]), { static: true });
  recording.sendColumns("wave", TimeColumn.sequence("frame", [1, 2, 3]), rr.Scalars.columns({ scalars: [1, 2, 3] }));
  return memory.drainAsBytes();
}

const chunksOf = (rrd: Uint8Array): readonly Uint8Array[] =>
  decodeRrd(rrd).flatMap((message) => (message.kind === "chunk" ? [message.readArrow()] : []));

const rrd: FuzzTarget = {
  name: "rrd",
  seeds: () => [recordingBytes("none"), recordingBytes("lz4")],
  words: ["RRF2", "FOOT", "\xff\xff\xff\xff"],
  run(input) {
    allow(isRerunError, () => readEncodedMessages(input));
    allow(isRerunError, () => {
      const decoder = new RrdDecoder();
      for (let at = 0; at < input.length; at += 64) {
        for (const message of decoder.push(input.subarray(at, at + 64))) {
          if (message.kind === "chunk") allow(isRerunError, () => message.readArrow());
        }
      }
    });
  },
};

/** Everything that reads recordings back: indexes, queries and tools. */
const recordings: FuzzTarget = {
  name: "recordings",
  seeds: () => [recordingBytes("none"), recordingBytes("lz4")],
  words: ["RRF2", "FOOT", "\xff\xff\xff\xff"],
  async run(input) {
    for (const mode of ["auto", "stream"] as const) {
      await allowLater(isRerunError, async () => {
        const file = await openRrd(input, { mode });
        for (const { recordingId } of file.recordings) {
          const recording = file.recording(recordingId);
          await allowLater(isRerunError, async () => {
            const statics = recording.query({ index: null });
            for (const row of plainRows(await statics.toTable())) void row;
            await drain(encodeParquet(statics));
          });
          for (const { name: index } of recording.schema().indexes) {
            await allowLater(isRerunError, () => recording.query({ index, fillLatestAt: true }).toTable());
            const { start = 0n, end = 0n } = recording.timeRange(index) ?? {};
            const usingIndexValues = BigInt64Array.from(new Set([start, end]));
            const latest = { index, usingIndexValues, fillLatestAt: true, range: { from: start } } as const;
            await allowLater(isRerunError, () => recording.query(latest).toTable());
          }
        }
      });
    }
    const isExpected = (error: unknown): boolean => isRerunError(error) || isArgumentError(error);
    await allowLater(isRerunError, () => rrdStats(input));
    const tools = [
      mergeRrd,
      repairRrd,
      optimizeRrd,
      (bytes: Uint8Array) => filterRrd(bytes, { dropTimelines: ["frame"] }),
    ];
    for (const tool of tools) await allowLater(isRerunError, () => drain(tool(input)));
    await allowLater(isRerunError, () => verifyRrd(input));
    await allowLater(isExpected, async () => {
      for await (const { bytes } of splitRrd(input, { timeline: "frame", parts: 2 })) await drain(bytes);
    });
    await allowLater(isRerunError, async () => {
      const messages = decodeRrd(input).filter(
        (message): message is LiveMessage & typeof message => message.kind !== "end",
      );
      const live = await openLive({ readMessages: () => messages, stats: () => ({ state: "closed" }) });
      await live.query({ index: null }).toTable();
      live.close();
    });
  },
};

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) void piece;
}

const arrowColumns: FuzzTarget = {
  name: "arrow-columns",
  seeds: () => chunksOf(recordingBytes("none")),
  run: (input) =>
    allow(isRerunError, () => {
      for (const batch of readIpc(input).batches) batch.schema.fields.map((_, index) => batch.column(index));
    }),
};

const arrow: FuzzTarget = {
  name: "arrow",
  seeds: () => chunksOf(recordingBytes("none")),
  // The reader says that it throws `RangeError` where data is truncated; its callers turn this error into
  // `INVALID_FORMAT`.
  run: (input) =>
    allow(
      (error) => isRerunError(error) || error instanceof RangeError,
      () => readStream(input),
    ),
};

const protobuf: FuzzTarget = {
  name: "protobuf",
  seeds: () => decodeRrd(recordingBytes("lz4")).flatMap((message) => ("payload" in message ? [message.payload] : [])),
  run(input) {
    const expected = (error: unknown): boolean => error instanceof ProtobufError || error instanceof RelayError;
    allow(expected, () => forEachField(input, 0, input.length, () => undefined));
    allow(expected, () => readLogMsg(input, 0, input.length));
  },
};

const grpc: FuzzTarget = {
  name: "grpc",
  seeds: () => [
    Uint8Array.of(0, 0, 0, 0, 3, 10, 1, 0, 0, 0, 0, 0, 0),
    Uint8Array.of(0, 0, 0, 0, 70, ...Array(70).fill(10)),
  ],
  run(input) {
    const memory = new ReceiveMemory({ maxBytes: 2 ** 20 });
    const listener = (bytes: Buffer, start: number, end: number): void => {
      if (start < 0 || end > bytes.length || end - start < 5) throw new Error(`a frame from ${start} to ${end}`);
    };
    const reader = new GrpcFrameReader(memory.reserve(memory, { onRoom() {}, onExpired() {} }), listener);
    const bytes = Buffer.from(input);
    allow(
      (error) => error instanceof RelayError,
      () => {
        for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7));
        reader.end();
      },
    );
    reader.release();
  },
};

const websocket: FuzzTarget = {
  name: "websocket",
  seeds: () => [
    encodeHello({
      version: 1,
      session: new Uint8Array(16),
      first: 1,
      applicationId: "a",
      recordingId: "r",
      software: "s",
    }),
    encodeWelcome({
      version: 1,
      isResumed: true,
      isEdge: false,
      next: 5,
      window: 65536,
      maxRecordBytes: 1024,
      software: "relay",
    }),
    encodeAck({ next: 7, window: 9 }),
    Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 8, 8, 0, 0, 0, 1, 9),
    Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 1, 1, 8, 8, 8),
    Uint8Array.of(6, 13, 0, 2, 65, 66),
  ],
  run: (input) =>
    allow(
      (error) => error instanceof FrameError,
      () => {
        const frame = decodeFrame(input);
        if (frame.type === "data")
          for (const record of frame.records) if (record.length === 0) throw new Error("empty");
      },
    ),
};

const ply: FuzzTarget = {
  name: "ply",
  seeds: () => {
    const xyz = "property float x\nproperty float y\nproperty float z\n";
    const colors = "property uchar red\nproperty uchar green\nproperty uchar blue\nproperty list uchar uchar label\n";
    const head = (format: string, count: number): string =>
      `ply\nformat ${format} 1.0\ncomment c\nelement camera 0\nelement vertex ${count}\n${xyz}${colors}end_header\n`;
    const splat = ["opacity", "f_dc_0", "f_dc_1", "f_dc_2", "scale_0", "scale_1", "scale_2"]
      .concat(["rot_0", "rot_1", "rot_2", "rot_3", "f_rest_0", "f_rest_1", "f_rest_2"])
      .map((name) => `property float ${name}\n`);
    return [
      bytesOf(`${head("ascii", 2)}1 2 3 255 0 0 2 72 105\n1e3 -2.5 .3 1 2 3 0\n`),
      Buffer.concat([bytesOf(head("binary_little_endian", 1)), new Uint8Array(15), Uint8Array.of(1, 65)]),
      Buffer.concat([bytesOf(head("binary_big_endian", 1)), new Uint8Array(15), Uint8Array.of(0)]),
      bytesOf(`ply\nformat ascii 1.0\nelement vertex 1\n${xyz}${splat.join("")}end_header\n${"0.5 ".repeat(17)}\n`),
    ];
  },
  words: [
    "element vertex ",
    "element x 999\n",
    "property list uint uchar label\n",
    "property double x\n",
    "nan",
    "1e308",
  ],
  run(input) {
    for (const read of [rr.files.points3DFromPly, rr.files.points2DFromPly, rr.files.gaussianSplats3DFromPly]) {
      allow(isArgumentError, () => logStrictly(read(input)));
    }
  },
};

const mp4: FuzzTarget = {
  name: "mp4",
  seeds: () => {
    const box = (type: string, ...parts: readonly (Uint8Array | number)[]): Uint8Array => {
      const body = Buffer.concat(parts.map((part) => (typeof part === "number" ? word(part) : part)));
      return Buffer.concat([word(body.length + 8), bytesOf(type), body]);
    };
    const word = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
    const table = box("stbl", box("stts", 0, 1, 2, 40), box("ctts", 0, 1, 2, 5));
    const media = box("mdia", box("hdlr", 0, 0, bytesOf("vide")), box("mdhd", 0, 0, 0, 1000), box("minf", table));
    const edits = box("edts", box("elst", 0, 1, 5, 7, 1));
    const track = box("trak", box("tkhd", 0, 0, 0, 1), edits, media);
    const movie = box("moov", track, box("mvex", box("trex", 0, 1, 1, 40, 0, 0)));
    const run = box("trun", 0xf01, 2, 0, 40, 9, 0, 5, 40, 9, 0, 0);
    const fragment = box("moof", box("traf", box("tfhd", 0, 1), box("tfdt", 0, 80), run, box("trun", 0, 1)));
    const videos = join(root, "tests/conformance/assets/video");
    const files = ["vp9", "h264", "h265", "h264-fragments"].map((name) => readFileSync(join(videos, `${name}.mp4`)));
    return [movie, Buffer.concat([movie, fragment]), ...files];
  },
  words: [
    "moov",
    "stsz",
    "stsc",
    "stco",
    "co64",
    "avcC",
    "trak",
    "stts",
    "ctts",
    "elst",
    "moof",
    "trun",
    "\x00\x00\x00\x01",
    "\x00\x00\x00\x08",
  ],
  async run(input) {
    allow(isArgumentError, () => rr.files.readFrameTimestamps(input));
    await allowLater(isRerunError, async () => {
      for await (const { sample } of rr.video.mp4Samples(input)) void sample;
    });
  },
};

const csv: FuzzTarget = {
  name: "csv",
  seeds: () => [
    bytesOf('time,x,name\n2026-01-01T00:00:00Z,1.5,"a ""b"", c"\r\n2026-01-02,nan,\n'),
    bytesOf("\uFEFFframe;/a:Scalars:scalars;ok\n1;[1,2];true\n2;;false\n"),
  ],
  words: ['"', '""', "\r\n", ",", ";", "2026-01-01", "1e400", "[[", "-", "99999999999999999999"],
  async run(input) {
    for (const index of ["time", "frame", undefined]) {
      await allowLater(isRerunError, async () => {
        const recording = new rr.RecordingStream("fuzz");
        recording.memoryRecording();
        try {
          await importTable(recording, input, { format: "csv", index });
        } finally {
          await recording.close();
        }
      });
    }
  },
};

/** A small Parquet file, and where its metadata begins. */
function parquetFile(): { readonly bytes: Uint8Array; readonly metadata: number } {
  const columnData = [
    { name: "frame", data: [1n, 2n, 3n], type: "INT64" as const },
    { name: "/a:Scalars:scalars", data: [0.5, null, 2], type: "DOUBLE" as const },
    { name: "name", data: ["x", "y", "ü"], type: "STRING" as const },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
  const length = new DataView(bytes.buffer).getUint32(bytes.byteLength - 8, true);
  return { bytes, metadata: bytes.byteLength - 8 - length };
}

// The pages stay as they are: a damaged page takes the package that decodes it minutes (docs/files.md).
const parquet: FuzzTarget = {
  name: "parquet",
  seeds: () => {
    const { bytes, metadata } = parquetFile();
    return [bytes.slice(metadata, -8)];
  },
  words: ["\x15\x02", "\x19\x4c", "\x26\x08", "\xff\xff\xff\xff\x0f"],
  async run(input) {
    const { bytes, metadata } = parquetFile();
    const end = new Uint8Array(8);
    new DataView(end.buffer).setUint32(0, input.byteLength, true);
    end.set(bytesOf("PAR1"), 4);
    const file = Buffer.concat([bytes.subarray(0, metadata), input, end]);
    await allowLater(isRerunError, async () => {
      const recording = new rr.RecordingStream("fuzz");
      recording.memoryRecording();
      try {
        await importTable(recording, file, { format: "parquet" });
      } finally {
        await recording.close();
      }
    });
  },
};

const images: FuzzTarget = {
  name: "images",
  seeds: () => [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52),
    Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0),
    bytesOf("GIF89a\0\0"),
    bytesOf("RIFF\0\0\0\0WEBPVP8 "),
    bytesOf("glTF\x02\0\0\0"),
  ],
  words: ["RIFF", "WEBP", "ftyp", "ftypavif", "OggS", "fLaC", "ID3", "WAVE"],
  async run(input) {
    allow(isRerunError, () => logStrictly(new rr.EncodedImage({ contents: input })));
    for (const name of ["a.png", "a.glb", "a.mp4", "a.txt", "a.wav"]) {
      const recording = new rr.RecordingStream("fuzz", {
        onWarning: () => {},
        onError: () => {},
        sendProperties: false,
      });
      recording.memoryRecording();
      try {
        await recording.logFileFromContents(name, input);
      } catch (error) {
        if (!isRerunError(error) && !isArgumentError(error)) throw error;
      }
      void recording.close();
    }
  },
};

const colors: FuzzTarget = {
  name: "colors",
  seeds: () =>
    ["red", "#f80", "#ff880080", "rgb(255 0 0 / 50%)", "rgba(1,2,3,.5)", "hsl(30deg 100% 50%)", "hwb(1 2% 3%)"].map(
      bytesOf,
    ),
  words: ["rgb(", "hsl(", "hwb(", "%", "deg", "/", "1e999", "-", "grey", "transparent"],
  run: (input) => allow(isRerunError, () => logStrictly(new rr.Points3D([0, 0, 0], { colors: textOf(input) }))),
};

const paths: FuzzTarget = {
  name: "paths",
  seeds: () => ["/a/b/c", "a\\ b/\\u{1F600}/c", "//a///b", "/", "", "__properties/x"].map(bytesOf),
  words: ["\\u{", "}", "\\x", "\\/", "/", "__"],
  run(input) {
    const path = textOf(input);
    allow(isArgumentError, () => {
      const parsed = rr.EntityPath.parse(path);
      if (!rr.EntityPath.parse(String(parsed)).parts.every((part, index) => part === parsed.parts[index]))
        throw new Error(`${JSON.stringify(path)} is not read as it is written: ${String(parsed)}`);
    });
    const recording = new rr.RecordingStream("fuzz", { onWarning: () => {} });
    recording.log(path, new rr.TextLog("a"));
    void recording.close();
    if (recording.stats().rows !== 1) throw new Error(`nothing was logged at ${JSON.stringify(path)}`);
  },
};

const urls: FuzzTarget = {
  name: "urls",
  seeds: () =>
    [
      "rerun+http://localhost:9876/proxy",
      "rerun://[::1]/proxy",
      "localhost/proxy",
      "ws://a:1/x",
      "wss://rerun.io/",
    ].map(bytesOf),
  words: ["rerun+https://", "ws://", "127.0.0.1", "[::1]", ":65536", "@", "%00", "/proxy"],
  run(input) {
    const url = textOf(input);
    allow(isArgumentError, () => {
      const { href } = parseProxyUrl(url);
      if (parseProxyUrl(href).href !== href)
        throw new Error(`${JSON.stringify(url)} is not read as it is written: ${href}`);
    });
    allow(isArgumentError, () => parseWebSocketUrl(url));
  },
};

const args: FuzzTarget = {
  name: "args",
  seeds: () =>
    ["--spawn --save x.rrd", "--connect --url rerun://a/proxy", "--serve --memory-limit 1GB", "--stdout"].map(bytesOf),
  words: ["--", "=", "--url", "--bind", "--server-memory-limit", "--no-", "-", " "],
  run(input) {
    const isParseError = (error: unknown): boolean =>
      error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
    allow(
      (error) => isParseError(error) || isArgumentError(error),
      () => checkArgs(parseArgs({ args: textOf(input).split(" "), options: rr.rerunArgOptions }).values as never),
    );
  },
};

/** Logs in strict mode, so that the recording throws errors about invalid data. */
function logStrictly(data: rr.types.AsComponents): void {
  const recording = new rr.RecordingStream("fuzz", { strict: true, sendProperties: false });
  const memory = recording.memoryRecording();
  try {
    recording.log("x", data);
    memory.drainAsBytes();
  } finally {
    void recording.close();
  }
}

/** All targets, by the kind of data that they read. */
export const TARGETS: readonly FuzzTarget[] = [
  catalogTarget,
  catalogForgedTarget,
  rrd,
  arrow,
  recordings,
  arrowColumns,
  protobuf,
  grpc,
  websocket,
  ply,
  mp4,
  csv,
  parquet,
  leRobotTarget,
  images,
  colors,
  paths,
  urls,
  args,
  ...MCAP_TARGETS,
  ...FILM_TARGETS,
];
