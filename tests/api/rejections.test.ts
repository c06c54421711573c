import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as importing from "@rerun-ts/import";
import * as reading from "@rerun-ts/reading";
import * as mcap from "@rerun-ts/mcap";
import * as node from "@rerun-ts/node";
import * as web from "@rerun-ts/web";
import * as server from "@rerun-ts/web/read";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));
const DECLARED =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export declare function (\w+)[^;]*?\): (?:Promise|AsyncGenerator)</g;

/** A call with a wrong argument. */
type Call = () => unknown;
/** Why a function has no such call here. */
type Reason = string;

/** Packages whose functions are all their own. */
const STANDALONE = new Set(["reading", "mcap", "import"]);

const WRONG = 5 as never;
const QUIET = { onWarning: () => {}, onError: () => {} };

const CALLS: Readonly<Record<string, readonly [exports: object, calls: Readonly<Record<string, Call | Reason>>]>> = {
  reading: [
    reading,
    {
      blueprintToCode: () => reading.blueprintToCode(WRONG),
      compareRrd: () => reading.compareRrd(WRONG, WRONG),
      encodeArrow: () => reading.encodeArrow(WRONG),
      encodeParquet: () => reading.encodeParquet(WRONG),
      filterRrd: () => reading.filterRrd(WRONG, {}),
      fromUrl: () => reading.fromUrl(WRONG),
      mergeRrd: () => reading.mergeRrd(WRONG),
      migrateRrd: () => reading.migrateRrd(WRONG),
      openLive: () => reading.openLive(WRONG),
      openRrd: () => reading.openRrd(WRONG),
      openRrdParts: () => reading.openRrdParts(WRONG),
      optimizeRrd: () => reading.optimizeRrd(WRONG),
      printRrd: () => reading.printRrd(WRONG),
      recordingContents: () => reading.recordingContents(WRONG),
      repairRrd: () => reading.repairRrd(WRONG),
      routeRrd: () => reading.routeRrd(WRONG, {}),
      rrdStats: () => reading.rrdStats(WRONG),
      sendChunks: () => reading.sendChunks(WRONG, WRONG),
      sendDataframe: () => reading.sendDataframe(WRONG, WRONG),
      splitRrd: () => reading.splitRrd(WRONG, WRONG),
      verifyRrd: () => reading.verifyRrd(WRONG),
    },
  ],
  mcap: [
    mcap,
    {
      checkMcap: () => mcap.checkMcap(WRONG),
      convertMcap: () => mcap.convertMcap(WRONG),
      exportMcap: () => mcap.exportMcap(WRONG),
      importMcap: () => mcap.importMcap(WRONG, WRONG),
      mcapChunks: () => mcap.mcapChunks(WRONG),
      mcapInfo: () => mcap.mcapInfo(WRONG),
    },
  ],
  import: [
    importing,
    {
      importLeRobot: () => importing.importLeRobot(WRONG, WRONG),
      importTable: () => importing.importTable(WRONG, WRONG),
    },
  ],
  node: [
    { ...node, ...node.files, ...node.serve, ...node.video, ...node.viewer },
    {
      connectBlueprint: () => node.connectBlueprint(WRONG, WRONG),
      connectGrpc: global((rr) => rr.connectGrpc(WRONG)),
      connectViewer: () => node.viewer.connectViewer(WRONG),
      connectWebSocket: global((rr) => rr.connectWebSocket(WRONG)),
      disconnect: global((rr) => rr.disconnect({ timeoutMs: "x" as never })),
      flush: global((rr) => rr.flush({ timeoutMs: "x" as never })),
      loadUrdf: () => node.files.loadUrdf(WRONG),
      logFileFromContents: global((rr) => rr.logFileFromContents(WRONG, WRONG)),
      logFileFromPath: global((rr) => rr.logFileFromPath(WRONG)),
      logVideoFile: () => node.video.logVideoFile(WRONG, "video", WRONG),
      mp4Samples: () => node.video.mp4Samples(WRONG),
      readAsset3D: () => node.files.readAsset3D(WRONG),
      readAssetAudio: () => node.files.readAssetAudio(WRONG),
      readAssetVideo: () => node.files.readAssetVideo(WRONG),
      readEncodedDepthImage: () => node.files.readEncodedDepthImage(WRONG),
      readEncodedImage: () => node.files.readEncodedImage(WRONG),
      readGaussianSplats3D: () => node.files.readGaussianSplats3D(WRONG),
      readPoints2D: () => node.files.readPoints2D(WRONG),
      readPoints3D: () => node.files.readPoints3D(WRONG),
      readUrdf: () => node.files.readUrdf(WRONG),
      recordingToHtml: () => node.viewer.recordingToHtml(WRONG, WRONG),
      runImporter: () => node.files.runImporter(WRONG),
      save: global((rr) => rr.save(WRONG)),
      saveBlueprint: () => node.saveBlueprint(WRONG, WRONG, WRONG),
      saveMp4: () => node.video.saveMp4(WRONG, WRONG, WRONG),
      saveParts: global((rr) => rr.saveParts(WRONG)),
      scriptSetup: () => node.scriptSetup(WRONG, "script"),
      scriptTeardown: () => node.scriptTeardown(WRONG, WRONG),
      serveCatalog: () => node.serve.serveCatalog({ port: "x" as never }),
      serveGrpc: global((rr) => rr.serveGrpc({ port: -1 })),
      serveGrpcRelay: () => node.serve.serveGrpcRelay({ port: "x" as never }),
      serveWebViewer: () => node.serve.serveWebViewer({ webPort: "x" as never }),
      setSink: global((rr) => rr.setSink(WRONG)),
      setSinks: global((rr) => rr.setSinks(WRONG)),
      shutdown: "it has no arguments",
      spawn: global((rr) => rr.spawn({ port: "x" as never })),
      spawnBlueprint: () => node.spawnBlueprint(WRONG, WRONG),
      stdout: global((rr) => rr.stdout({ writeFooter: "x" as never })),
      toMp4: () => node.video.toMp4(WRONG, WRONG),
      videoSamples: () => node.video.videoSamples(WRONG, WRONG),
    },
  ],
  web: [
    { ...web, ...web.files, ...web.opfs, ...web.viewer, ...web.sensors, ...web.video, ...server },
    {
      connectBlueprint: () => web.connectBlueprint(WRONG, WRONG),
      connectGrpc: globalOfPage((rr) => rr.connectGrpc(WRONG)),
      connectViewer: () => web.viewer.connectViewer(WRONG),
      connectWebSocket: globalOfPage((rr) => rr.connectWebSocket(WRONG)),
      deleteRecording: () => web.opfs.deleteRecording(WRONG),
      download: globalOfPage((rr) => rr.download("a.rrd", WRONG)),
      joinRecording: () => web.joinRecording(WRONG, WRONG),
      listRecordings: "it has no arguments",
      logFileFromContents: globalOfPage((rr) => rr.logFileFromContents(WRONG, WRONG)),
      logImageBitmap: () => web.logImageBitmap(WRONG, "camera", WRONG),
      logVideoFile: () => web.video.logVideoFile(WRONG, "video", WRONG),
      logVideoFrame: () => web.video.logVideoFrame(WRONG, "video", WRONG),
      mp4Samples: () => web.video.mp4Samples(WRONG),
      openRecording: () => web.opfs.openRecording(WRONG),
      openWebViewer: () => web.viewer.openWebViewer(WRONG),
      readMessages: () => server.readMessages(WRONG),
      readTables: () => server.readTables(WRONG),
      recordingToHtml: () => web.viewer.recordingToHtml(WRONG, WRONG),
      saveToOpfs: globalOfPage((rr) => rr.saveToOpfs(WRONG)),
      saveToPicker: globalOfPage((rr) => rr.saveToPicker("a.rrd", WRONG)),
      sendTable: () => server.sendTable(WRONG, WRONG, WRONG),
      storageEstimate: "it has no arguments",
      toMp4: () => web.video.toMp4(WRONG, WRONG),
    },
  ],
};

/** A call of a function for the global recording, on a separate recording. */
function global(call: (recording: node.RecordingStream) => Promise<unknown>): Call {
  return () => call(closedLater(new node.RecordingStream("rejections", QUIET)));
}

/** The same in a page. */
function globalOfPage(call: (recording: web.RecordingStream) => Promise<unknown>): Call {
  return () => call(closedLater(new web.RecordingStream("rejections", QUIET)));
}

function closedLater<Recording extends { close(): Promise<unknown> }>(recording: Recording): Recording {
  onTestFinished(async () => void (await recording.close().catch(() => {})));
  return recording;
}

/** The functions that a package declares and that return promises or generators, with their doc blocks. */
function declaredIn(packageName: string): Map<string, string> {
  const dist = join(PACKAGES, packageName, "dist");
  const found = new Map<string, string>();
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = readFileSync(join(dist, path), "utf8").replaceAll('/**"', '"');
    for (const [, doc = "", name = ""] of text.matchAll(DECLARED)) found.set(name, doc);
  }
  return found;
}

/** Waits for a promise, or for the end of a generator. */
async function settle(result: unknown): Promise<void> {
  if (Symbol.asyncIterator in (result as object)) for await (const _ of result as AsyncIterable<unknown>);
  else await result;
}

describe.each(Object.entries(CALLS))("the asynchronous functions of @rerun-ts/%s", (packageName, [exports, calls]) => {
  const siblings = STANDALONE.has(packageName) ? [packageName] : ["core", "types", packageName];
  const declared = new Map(siblings.flatMap((name) => [...declaredIn(name)]));
  const names = [...declared.keys()].filter((name) => name in exports).sort();

  it("are all listed here", () => {
    const ofNode = Object.keys(CALLS["node"]?.[1] ?? {});
    const own = packageName === "web" ? names.filter((name) => name in calls || !ofNode.includes(name)) : names;
    expect(own).toEqual(Object.keys(calls));
  });

  it("are not said to throw other errors than RerunError", () => {
    const wrong = names.filter((name) => /TypeError|RangeError/.test(declared.get(name) ?? ""));
    expect(wrong).toEqual([]);
  });

  const checked = Object.entries(calls).filter((entry): entry is [string, Call] => typeof entry[1] === "function");
  it.each(checked)("reject wrong arguments with INVALID_ARGUMENT: %s", async (_, call) => {
    let result: unknown;
    expect(() => void (result = call())).not.toThrow();
    await expect(settle(result)).rejects.toMatchObject({ name: "RerunError", code: "INVALID_ARGUMENT" });
  });
});

describe("the asynchronous methods of readers", () => {
  async function reader(): Promise<reading.RecordingReader> {
    const recording = closedLater(new node.RecordingStream("rejections"));
    const memory = recording.memoryRecording();
    recording.log("a", new node.Scalars(1), { time: { frame: 0 } });
    return (await reading.openRrd(memory.drainAsBytes())).recording();
  }

  it.each<[name: string, call: (recording: reading.RecordingReader) => unknown]>([
    ["chunks", (recording) => recording.chunks(WRONG)],
    ["chunks by components", (recording) => recording.chunks({ components: WRONG })],
    ["chunks by a timeline", (recording) => recording.chunks({ timeline: WRONG })],
    ["latestAt", (recording) => recording.latestAt({ index: "frame", at: "x" as never })],
    ["subscribe", (recording) => recording.query({ index: "frame" }).subscribe({ intervalMs: -1 })],
  ])("reject wrong arguments with INVALID_ARGUMENT: %s", async (_, call) => {
    const recording = await reader();
    let result: unknown;
    expect(() => void (result = call(recording))).not.toThrow();
    await expect(settle(result)).rejects.toMatchObject({ name: "RerunError", code: "INVALID_ARGUMENT" });
  });
});

describe("a file that does not exist", () => {
  it.each<[name: string, call: () => unknown]>([
    ["openRrd", () => reading.openRrd("missing/robot.rrd")],
    ["openRrd of a URL", () => reading.openRrd(new URL("missing.rrd", import.meta.url))],
    ["mergeRrd", () => reading.mergeRrd(["missing/robot.rrd"])],
    ["logFileFromPath", () => closedLater(new node.RecordingStream("missing", QUIET)).logFileFromPath("missing.txt")],
    ["readUrdf", () => node.files.readUrdf("missing.urdf")],
    ["readEncodedImage", () => node.files.readEncodedImage("missing.png")],
    ["readPoints3D", () => node.files.readPoints3D("missing.ply")],
  ])("is NOT_FOUND: %s", async (_, call) => {
    await expect(settle(call())).rejects.toMatchObject({ name: "RerunError", code: "NOT_FOUND" });
  });

  it("is NOT_FOUND on a server, too", async () => {
    const fetch = async (): Promise<Response> => new Response("", { status: 404 });
    await expect(reading.fromUrl("http://127.0.0.1/robot.rrd", { fetch })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("calls with a wrong source", () => {
  it.each<[message: string, call: () => unknown]>([
    ["`source` must be a query or an Arrow table, got 5", () => reading.encodeArrow(WRONG)],
    ["`source` must be a query or an Arrow table, got 5", () => reading.encodeParquet(WRONG)],
    ["`recording` must be a RecordingStream, got 5", () => reading.sendChunks(WRONG, WRONG)],
    [
      "`chunks` must be an iterable of chunks, got 5",
      () => reading.sendChunks(closedLater(new node.RecordingStream("rejections")), WRONG),
    ],
    ["`recording` must be a RecordingStream, got 5", () => web.video.logVideoFrame(WRONG, "video", WRONG)],
    ["`url` must be a string or a `URL`, got 5", () => reading.fromUrl(WRONG)],
  ])("say what it must be: %s", async (message, call) => {
    await expect(settle(call())).rejects.toThrow(message);
  });
});

describe("calls without arguments that they need", () => {
  const none = undefined as never;
  const bytes = new Uint8Array(0);
  it.each<[message: string, call: () => unknown]>([
    ["`options` must be an object, got undefined", () => reading.filterRrd(bytes, none)],
    ["`options` must be an object, got undefined", () => reading.routeRrd(bytes, none)],
    ["`options` must be an object, got undefined", () => reading.splitRrd(bytes, none)],
    ["`options` must be an object, got undefined", () => node.viewer.viewerUrl(none)],
    ["`options` must be an object, got null", () => mcap.mcapChunks(bytes, null as never)],
    ["`lenses` must be an object, got undefined", () => reading.lens(new node.MemorySink(), none)],
    ["`condition` must be an object, got undefined", () => reading.ChunkStream.from([]).filter(none)],
    ["`recording` must be a RecordingStream, got 5", () => node.setGlobalRecording(WRONG)],
    ["`recording` must be a RecordingStream, got Module", () => node.setGlobalRecording(node as never)],
    ["`recording` must be a RecordingStream, got Module", () => node.logProcessMetrics(node as never)],
    ["`source` must be", () => reading.recordingContents(node as never)],
    ["`applicationId` must be", () => node.saveBlueprint(new node.blueprint.Spatial3DView(), Symbol("id") as never)],
    ["`part` must be a string, got undefined", () => node.escapeEntityPathPart(none)],
    ["`file` must be a name or a Uint8Array, got undefined", () => node.files.guessMediaType(none)],
    ["`radii` must be a number or an array of numbers, got undefined", () => node.uiPoints(none)],
  ])("say what is missing: %s", async (message, call) => {
    await expect((async () => settle(call()))()).rejects.toThrow(message);
  });

  it("say how to make what has no constructor", () => {
    const make = (name: object): unknown => Reflect.construct(name as new (text: string) => unknown, ["a/b"]);
    expect(() => make(node.EntityPath)).toThrow("use `EntityPath.of` or `EntityPath.parse`");
    expect(() => make(reading.ChunkStore)).toThrow("use `ChunkStore.from` to make a store");
  });
});

describe.each([
  ["the namespace of the package", () => node],
  ["a view", () => closedLater(new node.RecordingStream("rejections", QUIET)).at({ frame: 1 })],
])("an import into %s instead of a recording", (_, target) => {
  it.each([
    ["importTable", (wrong) => importing.importTable(wrong, new TextEncoder().encode("a\n1"))],
    ["sendChunks", (wrong) => reading.sendChunks(wrong, [])],
    ["logVideoFile", (wrong) => node.video.logVideoFile(wrong, "video", new Uint8Array(0))],
  ] satisfies [string, (wrong: node.RecordingStream) => Promise<unknown>][])(
    "is rejected by %s",
    async (_name, call) => {
      const rejection = {
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("`recording` must be") as unknown,
      };
      await expect(call(target() as unknown as node.RecordingStream)).rejects.toMatchObject(rejection);
    },
  );
});
