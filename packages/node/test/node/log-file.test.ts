import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeRrd } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/node";
import { afterAll, describe, expect, it } from "vitest";
import { readChunks, type ReadChunk } from "@rerun-ts/test-support/common/read-chunks";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const CLIP = new URL("../../../../examples/assets/clip.mp4", import.meta.url);
const PLY = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nend_header\n1 2\n";
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]);

interface Recorded {
  readonly recording: rr.RecordingStream;
  readonly memory: rr.types.MemoryRecording;
  readonly errors: rr.RerunError[];
  readonly warnings: rr.RerunError[];
}

/** A recording, and the problems that it reports. */
function record(options?: rr.types.RecordingOptions): Recorded {
  const errors: rr.RerunError[] = [];
  const warnings: rr.RerunError[] = [];
  const recording = new rr.RecordingStream("files", {
    onError: (error) => errors.push(error),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { recording, memory: recording.memoryRecording(), errors, warnings };
}

function write(name: string, contents: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, contents);
  return path;
}

function componentsIn(chunks: readonly ReadChunk[]): string[] {
  return chunks.flatMap(({ components }) => Object.keys(components));
}

describe("logging a file", () => {
  it("stores its rows before the call returns", () => {
    const { recording, memory } = record();
    void recording.logFileFromPath(write("now.ply", PLY));
    expect(componentsIn(readChunks(memory.drainAsBytes()))).toEqual(["Points2D:positions"]);
  });

  it("is static unless a time is given", async () => {
    const { recording, memory } = record();
    recording.setTime("frame", 1);
    await recording.logFileFromContents("a.png", PNG);
    await recording.logFileFromContents("b.png", PNG, { time: { step: 2 } });
    await recording.logFileFromContents("c.png", PNG, { time: { step: 2 }, static: true });
    const chunks = readChunks(memory.drainAsBytes());
    const times = Object.fromEntries(chunks.map((chunk) => [chunk.entityPath, Object.keys(chunk.times)]));
    expect(times).toEqual({ "/a.png": [], "/b.png": ["frame", "log_time", "step"], "/c.png": [] });
  });

  it("logs a video at given times", async () => {
    const { recording, memory } = record();
    recording.setTime("frame", 1);
    await recording.logFileFromPath(CLIP, { time: { step: 2 }, entityPathPrefix: ["timed"] });
    await recording.logFileFromPath(CLIP, { static: true, entityPathPrefix: "static" });
    const chunks = readChunks(memory.drainAsBytes());
    const timesOf = (component: string): string[][] =>
      chunks.filter(({ components }) => component in components).map(({ times }) => Object.keys(times));
    expect(timesOf("AssetVideo:blob")).toEqual([["frame", "log_time", "step", "video"], []]);
    expect(timesOf("VideoFrameReference:timestamp")).toEqual([["video"], ["video"]]);
    expect(chunks.find(({ components }) => "AssetVideo:blob" in components)?.times.video).toEqual([0n]);
  });

  it("logs the files of a folder, and warns of those that it cannot log", async () => {
    const { recording, memory, warnings } = record();
    mkdirSync(join(folder.path, "data/inner"), { recursive: true });
    const names = ["data/b.txt", "data/inner/a.md", "data/inner/bad.ply", "data/c.unknown", "data/no-extension"];
    for (const name of names) write(name, name);
    await recording.logFileFromPath(join(folder.path, "data"), { entityPathPrefix: "all" });
    const paths = readChunks(memory.drainAsBytes()).map(({ entityPath }) => entityPath);
    expect(paths.map((path) => path.replace(/.*\/data\//, "")).sort()).toEqual(["b.txt", "inner/a.md"]);
    expect(paths.every((path) => path.startsWith("/all/"))).toBe(true);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/bad\.ply is not logged: /),
      expect.stringMatching(/whose kind is unknown are not logged: .*c\.unknown, .*no-extension$/),
    ]);
    mkdirSync(join(folder.path, "empty"));
    await expect(recording.logFileFromPath(join(folder.path, "empty"))).rejects.toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", argument: "path" }),
    );
    const signal = AbortSignal.abort();
    await expect(recording.logFileFromPath(join(folder.path, "data"), { signal })).rejects.toThrow(
      expect.objectContaining({ code: "ABORTED" }),
    );
  });

  it("accepts a Blob, and a URL as the path", async () => {
    const { recording, memory } = record();
    await recording.logFileFromContents("a.txt", new Blob(["hello"]));
    await recording.logFileFromPath(pathToFileURL(write("b c.txt", "again")));
    const chunks = readChunks(memory.drainAsBytes());
    expect(chunks.map(({ components }) => components["TextDocument:text"])).toEqual([[["hello"]], [["again"]]]);
    expect(chunks[1]?.entityPath).toMatch(/\/b\\ c\.txt$/);
  });

  it("uses the global recording with the module functions", async () => {
    await expect(rr.logFileFromContents("a.txt", PNG)).rejects.toMatchObject({ code: "NO_RECORDING" });
    const { recording, memory } = record();
    rr.setGlobalRecording(recording);
    await rr.logFileFromContents("a.png", PNG);
    await rr.logFileFromPath(write("global.png", PNG));
    rr.setGlobalRecording(undefined);
    expect(readChunks(memory.drainAsBytes())).toHaveLength(2);
  });

  it("logs an invalid video without its frames", async () => {
    const { recording, memory, warnings } = record();
    await recording.logFileFromContents("a.mp4", PNG);
    expect(componentsIn(readChunks(memory.drainAsBytes()))).toEqual(["AssetVideo:blob"]);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("without its frames")]);
  });

  it("logs a recording with unchanged messages", async () => {
    const other = record({ recordingId: "other" });
    other.recording.setTime("frame", 1);
    other.recording.log("x", new rr.Scalars(1));
    const file = other.memory.drainAsBytes();
    const { recording, memory } = record();
    await recording.logFileFromContents("other.rrd", file, { entityPathPrefix: "ignored" });
    const ids = (messages: ReturnType<typeof decodeRrd>): unknown[] =>
      messages.flatMap((message) => (message.kind === "chunk" ? [[message.storeId.recordingId, message.chunkId]] : []));
    const all = ids(decodeRrd(memory.drainAsBytes()));
    expect(all.slice(-2)).toEqual(ids(decodeRrd(file)));
    expect(recording.stats().chunks).toBe(all.length);
  });
});

describe("logFileFromContents and logFileFromPath", () => {
  it.for([
    [
      "has an unknown extension",
      "a.xyz",
      PNG,
      "UNSUPPORTED",
      /files that end in \.xyz.* avif, bmp,.* mcap,.* parquet,/,
    ],
    [
      "is a table",
      "a.csv",
      PNG,
      "UNSUPPORTED",
      /log tables by `importTable\(recording, source\)` of @rerun-ts\/import/,
    ],
    ["has no extension", "png", PNG, "UNSUPPORTED", /files without extension/],
    ["is hidden, without extension", "folder/.png", PNG, "UNSUPPORTED", /files without extension/],
    ["has a name like a method", "a.constructor", PNG, "UNSUPPORTED", /\.constructor/],
    ["is not text", "a.txt", new Uint8Array([0xff]), "INVALID_FORMAT", /not valid UTF-8/],
    ["is not a PLY file", "a.ply", PNG, "INVALID_FORMAT", /^"a.ply": `ply` must be a PLY file/],
    ["is no recording", "a.rrd", new Uint8Array(20), "INVALID_FORMAT", /not a Rerun recording/],
    ["is no blueprint", "a.rbl", new Uint8Array(2), "INVALID_FORMAT", /too short/],
    ["is no file", 5, PNG, "INVALID_ARGUMENT", /`name` must be a file name, got 5/],
    ["has no bytes", "a.png", "text", "INVALID_ARGUMENT", /`contents` must be bytes/],
  ] as const)("%s", async ([, name, contents, code, message]) => {
    const { recording, errors, memory } = record();
    const logging = recording.logFileFromContents(name as string, contents as Uint8Array);
    await expect(logging).rejects.toMatchObject({ name: "RerunError", code, message: expect.stringMatching(message) });
    expect(errors).toHaveLength(1);
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("reject a path that does not exist, or a folder without files", async () => {
    const { recording } = record();
    mkdirSync(join(folder.path, "folder.png"));
    writeFileSync(join(folder.path, "file"), "");
    for (const [name, code] of [
      ["missing.png", "NOT_FOUND"],
      ["folder.png", "UNSUPPORTED"],
      ["file/below.png", "IO_ERROR"],
    ] as const) {
      const path = join(folder.path, name);
      await expect(recording.logFileFromPath(path)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(path),
      });
    }
    await expect(recording.logFileFromPath("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("log a large recording piece by piece, and no part of a damaged one", async () => {
    const other = record({ recordingId: "large", compression: "none" });
    const data = new Uint8Array(2 ** 23);
    const path = join(folder.path, "large.rrd");
    await other.recording.save(path);
    for (let row = 0; row < 17; row++) other.recording.log("blob", new rr.Tensor({ data, shape: [data.length] }));
    await other.recording.close();
    const target = join(folder.path, "copy.rrd");
    const copy = async (): Promise<void> => {
      const recording = new rr.RecordingStream("files", { recordingId: "large", sendProperties: false });
      await recording.save(target);
      try {
        await recording.logFileFromPath(path);
      } finally {
        await recording.close();
      }
    };
    await copy();
    expect(statSync(target).size).toBeGreaterThan(17 * data.length);
    const bytes = readFileSync(path);
    const last = decodeRrd(bytes)
      .filter(({ kind }) => kind === "chunk")
      .at(-1);
    // The payload refers to the bytes of the file. Its beginning is the schema of the chunk.
    last?.payload.fill(0xff, 100, 400);
    writeFileSync(path, bytes);
    await expect(copy()).rejects.toMatchObject({ name: "RerunError" });
    expect(statSync(target).size).toBeLessThan(1000);
    rmSync(path);
  });

  it("reject a damaged recording, and log no part of it", async () => {
    const other = record();
    other.recording.log("x", new rr.Scalars(1));
    const file = other.memory.drainAsBytes();
    // The damage is in the Arrow data of the last chunk.
    const payload =
      decodeRrd(file)
        .filter(({ kind }) => kind === "chunk")
        .at(-1)?.payload ?? new Uint8Array(0);
    payload.fill(0xff, payload.byteLength - 400, payload.byteLength - 100);
    const { recording, memory } = record();
    await expect(recording.logFileFromContents("a.rrd", file)).rejects.toMatchObject({ name: "RerunError" });
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
  });

  it("ignore the file if the recording is disabled", async () => {
    const { recording } = record({ enabled: false });
    await recording.logFileFromPath(join(folder.path, "missing.png"));
    await recording.logFileFromContents("a.xyz", PNG);
  });

  it("warn, and log nothing, if the recording is closed", async () => {
    const { recording, warnings } = record();
    const file = record().memory.drainAsBytes();
    await recording.close();
    await recording.logFileFromContents("a.png", PNG);
    await recording.logFileFromContents("a.rrd", file);
    expect(warnings.map(({ code }) => code)).toEqual(["CLOSED", "CLOSED"]);
  });

  it("reject an unknown option", async () => {
    const { recording } = record();
    const logged = recording.logFileFromContents("a.png", PNG, { prefix: "x" } as rr.types.LogFileOptions);
    await expect(logged).rejects.toThrow("`prefix` is not an option of `logFileFromContents`");
    const fromPath = recording.logFileFromPath("README.md", { sgnal: null } as rr.types.LogFileOptions);
    await expect(fromPath).rejects.toThrow("`sgnal` (did you mean `signal`?) is not an option of `logFileFromPath`");
  });
});

describe("reading archetypes from files", () => {
  it("sets the media type from the option, the extension or the bytes, in this order", async () => {
    const { recording, memory } = record();
    recording.log("1", await rr.files.readEncodedImage(write("picture.jpg", PNG)));
    recording.log("2", await rr.files.readEncodedImage(write("picture", PNG)));
    recording.log(
      "3",
      await rr.files.readEncodedImage(write("picture.bin", PNG), { mediaType: "image/x", opacity: 0.5 }),
    );
    recording.log("4", await rr.files.readEncodedDepthImage(write("depth", PNG), { meter: 1000 }));
    recording.log("5", await rr.files.readAsset3D(write("model.stl", PNG)));
    recording.log("6", await rr.files.readAssetAudio(write("sound.mp3", PNG)));
    recording.log("7", await rr.files.readAssetVideo(CLIP));
    const chunks = readChunks(memory.drainAsBytes()).sort((a, b) => (a.entityPath < b.entityPath ? -1 : 1));
    const types = chunks.map(
      ({ components }) => Object.entries(components).find(([name]) => name.endsWith("type"))?.[1],
    );
    expect(types.flat(2)).toEqual([
      "image/jpeg",
      "image/png",
      "image/x",
      "image/png",
      "model/stl",
      "audio/mpeg",
      "video/mp4",
    ]);
    const { "AssetVideo:blob": blobs } = chunks[6]?.components ?? {};
    expect((blobs as number[][][])[0]?.[0]?.length).toBe(readFileSync(CLIP).byteLength);
  });

  it("reads points and splats from PLY files", async () => {
    const { recording, memory } = record();
    const path = write("points.ply", PLY);
    recording.log("x", [await rr.files.readPoints2D(path), await rr.files.readPoints3D(path)]);
    const components = componentsIn(readChunks(memory.drainAsBytes()));
    expect(components).toEqual(["Points2D:positions", "Points3D:positions"]);
    await expect(rr.files.readGaussianSplats3D(path)).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: expect.stringContaining(`cannot read ${path}: \`ply\` must be`),
    });
  });

  it("rejects a file that does not exist", async () => {
    const path = join(folder.path, "missing");
    const readers = [
      rr.files.readAsset3D,
      rr.files.readAssetAudio,
      rr.files.readAssetVideo,
      rr.files.readEncodedImage,
      rr.files.readPoints3D,
    ];
    for (const read of readers) await expect(read(path)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(rr.files.readAsset3D("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
