import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as mcap from "@rerun-ts/mcap";
import * as importing from "@rerun-ts/import";
import * as reading from "@rerun-ts/reading";
import * as node from "@rerun-ts/node";
import * as web from "@rerun-ts/web";
import * as server from "@rerun-ts/web/read";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));
/** Folders whose classes are archetypes: their options are fields, which are data. */
const ARCHETYPES = /(?:^|\/)(?:gen|archetypes|bundle)\//;
const FUNCTION = /export declare function (\w+)(?:<[^(]*>)?\(([^;]*?)\): /g;
const CLASS = /export declare (?:abstract )?class (\w+)([\s\S]*?)\n\}/g;
const METHOD = /^ {4}(?:static )?(\w+)(?:<[^(]*>)?\(([^;]*?)\)[:;]/gm;

/** A call with an unknown option. */
type Call = (unknown: never) => unknown;
/** Why a call is not checked here. */
type Reason = string;
type Calls = Readonly<Record<string, Call | Reason>>;

const LOGS = "it logs: an unknown option is a warning";
const DATA = "it is data: an unknown option is a warning when it is logged";
const FIELDS = "its options are fields of an archetype, which are data";
const SINK = "recordings call it";
const STORED = "it needs a recording in a browser, and is tested there";
const METHOD_OF = "it calls the method of the global recording";

const BYTES = new Uint8Array();
const URL_OF_NOBODY = "rerun+http://127.0.0.1:1/proxy";
const BLUEPRINT = new node.blueprint.TextLogView();

const CORE: Calls = {
  "BinaryStreamSink.constructor": (unknown) => new node.BinaryStreamSink(unknown),
  "EntityPath.parse": (unknown) => node.EntityPath.parse("a", unknown),
  "MemorySink.constructor": (unknown) => new node.MemorySink(unknown),
  "RerunError.constructor": "an error that cannot be created hides the one that happened",
  "StreamSink.constructor": (unknown) => new node.StreamSink(new WritableStream(), unknown),
  disconnect: METHOD_OF,
  filtered: (unknown) => node.filtered(new node.MemorySink(), unknown),
  flush: METHOD_OF,
  log: METHOD_OF,
  sendBlueprint: METHOD_OF,
  setSink: METHOD_OF,
  setSinks: METHOD_OF,
};
const RECORDING: Calls = {
  "RecordingStream.addEventListener": (unknown) => recordingOf(node).addEventListener("drop", () => {}, unknown),
  "RecordingStream.close": (unknown) => recordingOf(node).close(unknown),
  "RecordingStream.constructor": (unknown) => new node.RecordingStream("unknown_options", unknown),
  "RecordingStream.disconnect": (unknown) => recordingOf(node).disconnect(unknown),
  "RecordingStream.flush": (unknown) => recordingOf(node).flush(unknown),
  "RecordingStream.log": LOGS,
  "RecordingStream.sendBlueprint": (unknown) => recordingOf(node).sendBlueprint(BLUEPRINT, unknown),
  "RecordingStream.setSink": (unknown) => recordingOf(node).setSink(new node.MemorySink(), unknown),
  "RecordingStream.setSinks": (unknown) => recordingOf(node).setSinks([], unknown),
};
const TYPES: Calls = {
  "AnyBatchValue.constructor": DATA,
  "AnyValues.columns": DATA,
  "AnyValues.constructor": DATA,
  "DynamicArchetype.columns": DATA,
  "DynamicArchetype.constructor": DATA,
  "UrdfTree.log": async (unknown) => (await node.files.loadUrdf(URDF)).log(recordingOf(node), "/", unknown),
  "UrdfTree.setJoints": LOGS,
  arrowBatch: DATA,
  buildColorGrid: (unknown) => node.buildColorGrid(2, 2, 2, unknown),
  buildColorSpiral: (unknown) => node.buildColorSpiral(2, unknown),
  captureConsole: (unknown) => node.captureConsole(recordingOf(node), unknown),
  loadUrdf: (unknown) => node.files.loadUrdf(URDF, unknown),
  logVideoFile: (unknown) => node.video.logVideoFile(recordingOf(node), "video", new Uint8Array(), unknown),
  mp4Samples: (unknown) => node.video.mp4Samples(new Uint8Array(), unknown),
  toMp4: async (unknown) => node.video.toMp4(await reader(), "a", unknown),
  videoSamples: (unknown) => node.video.videoSamples([], unknown),
  defineArchetype: (unknown) => node.defineArchetype("my.Archetype", { a: "Int32" }, unknown),
};
/** Packages whose calls are all their own. */
const STANDALONE = new Set(["reading", "mcap", "import"]);
const URDF = '<robot name="robot"><link name="base"/></robot>';

const CONTROL: Calls = {
  viewerUrl: (unknown) => node.viewer.viewerUrl({ source: "a.rrd", ...(unknown as object) }),
  "ViewerControl.blueprint": async (unknown) => (await viewer()).blueprint(unknown),
  "ViewerControl.close": async (unknown) => (await viewer()).close(unknown),
  "ViewerControl.datasetAssets": async (unknown) => (await viewer()).datasetAssets(unknown),
  "ViewerControl.datasetSchema": async (unknown) => (await viewer()).datasetSchema(unknown),
  "ViewerControl.location": async (unknown) => (await viewer()).location(unknown),
  "ViewerControl.on": async (unknown) => (await viewer()).on("time", () => {}, unknown),
  "ViewerControl.open": async (unknown) => (await viewer()).open("a.rrd", unknown),
  "ViewerControl.schema": async (unknown) => (await viewer()).schema(unknown),
  "ViewerControl.screenshot": async (unknown) => (await viewer()).screenshot(unknown),
  "ViewerControl.selection": async (unknown) => (await viewer()).selection(unknown),
  "ViewerControl.sendTable": async (unknown) => (await viewer()).sendTable("a", BYTES, unknown as object),
  "ViewerControl.setBlueprint": async (unknown) => (await viewer()).setBlueprint({}, unknown),
  "ViewerControl.setLocation": async (unknown) => (await viewer()).setLocation("a", unknown),
  "ViewerControl.setTime": async (unknown) => (await viewer()).setTime(unknown),
  "ViewerControl.state": async (unknown) => (await viewer()).state(unknown),
  "ViewerControl.transformGraph": async (unknown) => (await viewer()).transformGraph(unknown),
};
const viewer = (): Promise<node.viewer.ViewerControl> => node.viewer.connectViewer(URL_OF_NOBODY);

const CALLS: Readonly<Record<string, Calls>> = {
  mcap: {
    checkMcap: (unknown) => mcap.checkMcap(BYTES, unknown),
    convertMcap: (unknown) => mcap.convertMcap(BYTES, unknown),
    exportMcap: (unknown) => mcap.exportMcap(BYTES, unknown),
    importMcap: (unknown) => mcap.importMcap(recordingOf(node), BYTES, unknown),
    mcapChunks: (unknown) => mcap.mcapChunks(BYTES, unknown),
    mcapInfo: (unknown) => mcap.mcapInfo(BYTES, unknown),
  },
  import: {
    importLeRobot: (unknown) => importing.importLeRobot(recordingOf(node), "", unknown),
    importTable: (unknown) => importing.importTable(recordingOf(node), new Uint8Array(), unknown),
  },
  reading: {
    "Chunk.fromTable": (unknown) => reading.Chunk.fromTable(new Uint8Array(0), unknown),
    "Chunk.print": (unknown) => reading.Chunk.fromColumns("/a", { columns: [] }).print(unknown),
    "ChunkStore.writeRrd": async (unknown) => (await reading.ChunkStore.from([])).writeRrd("none/a.rrd", unknown),
    "ChunkStream.derive": (unknown) => reading.ChunkStream.from([]).derive([], unknown),
    "ChunkStream.encode": (unknown) => reading.ChunkStream.from([]).encode(unknown),
    "ChunkStream.split": (unknown) => reading.ChunkStream.from([]).split({}, unknown),
    "ChunkStream.tee": (unknown) => reading.ChunkStream.from([]).tee(unknown),
    "ChunkStream.toTable": async (unknown) =>
      reading.ChunkStream.from((await reader()).chunks()).toTable({ index: "frame", ...(unknown as object) }),
    "ChunkStream.writeRrd": (unknown) => reading.ChunkStream.from([]).writeRrd("none/a.rrd", unknown),
    "Query.subscribe": async (unknown) => settle((await reader()).query({ index: "frame" }).subscribe(unknown)),
    "RecordingReader.latestAt": async (unknown) =>
      (await reader()).latestAt({ index: "frame", at: 0, ...(unknown as object) }),
    "RecordingReader.video": async (unknown) => (await reader()).video("a", unknown),
    "RecordingReader.rows": async (unknown) =>
      settle((await reader()).rows(node.defineTree({ a: node.Scalars }), { index: "frame", ...(unknown as object) })),
    "RecordingReader.query": async (unknown) => (await reader()).query({ index: "frame", ...(unknown as object) }),
    derive: (unknown) => reading.derive(reading.Chunk.fromColumns("/a", { columns: [] }), [], unknown),
    filterRrd: (unknown) => reading.filterRrd(BYTES, unknown),
    fromUrl: (unknown) => reading.fromUrl("http://127.0.0.1:1/", unknown),
    lens: (unknown) => reading.lens(new node.MemorySink(), [], unknown),
    mergeRrd: (unknown) => reading.mergeRrd(BYTES, unknown),
    openLive: (unknown) => reading.openLive(new node.MemorySink(), unknown),
    openRrd: (unknown) => reading.openRrd(BYTES, unknown),
    openRrdParts: (unknown) => reading.openRrdParts([BYTES], unknown),
    blueprintToCode: (unknown) => reading.blueprintToCode(BYTES, unknown),
    optimizeRrd: (unknown) => reading.optimizeRrd(BYTES, unknown),
    migrateRrd: (unknown) => reading.migrateRrd(BYTES, unknown),
    printRrd: (unknown) => reading.printRrd(BYTES, unknown),
    recordingContents: (unknown) => reading.recordingContents(BYTES, unknown),
    repairRrd: (unknown) => reading.repairRrd(BYTES, unknown),
    routeRrd: (unknown) => reading.routeRrd(BYTES, unknown),
    rrdStats: (unknown) => reading.rrdStats(BYTES, unknown),
    sendDataframe: (unknown) => reading.sendDataframe(recordingOf(node), [] as never, unknown),
    splitRrd: (unknown) => reading.splitRrd(BYTES, unknown),
    vectorBatch: (unknown) => reading.vectorBatch([] as never, unknown),
    compareRrd: (unknown) => reading.compareRrd(BYTES, BYTES, unknown),
    verifyRrd: (unknown) => reading.verifyRrd(BYTES, unknown),
  },
  node: {
    ...CORE,
    ...RECORDING,
    ...TYPES,
    ...CONTROL,
    saveMp4: async (unknown) => node.video.saveMp4(await reader(), "a", "unknown.mp4", unknown),
    "FlightRecorder.constructor": (unknown) => new node.FlightRecorder(unknown),
    "FlightRecorder.discard": (unknown) => node.FlightRecorder.discard({ spool: "unknown", ...(unknown as object) }),
    "FlightRecorder.recover": (unknown) => node.FlightRecorder.recover({ spool: "unknown", ...(unknown as object) }),
    "FileSink.constructor": (unknown) => new node.FileSink("unknown.rrd", unknown),
    "FileSink.close": SINK,
    "GrpcServerSink.close": SINK,
    "GrpcServerSink.constructor": (unknown) => new node.GrpcServerSink(unknown),
    "GrpcSink.constructor": (unknown) => new node.GrpcSink(URL_OF_NOBODY, unknown),
    "RecordingStream.connectGrpc": (unknown) => recordingOf(node).connectGrpc(URL_OF_NOBODY, unknown),
    "RecordingStream.connectWebSocket": (unknown) => recordingOf(node).connectWebSocket(URL_OF_NOBODY, unknown),
    "RecordingStream.logFileFromContents": (unknown) => recordingOf(node).logFileFromContents("a.txt", BYTES, unknown),
    "RecordingStream.logFileFromPath": (unknown) => recordingOf(node).logFileFromPath(import.meta.filename, unknown),
    "RecordingStream.save": (unknown) => recordingOf(node).save("unknown.rrd", unknown),
    "PartsFileSink.constructor": (unknown) => new node.PartsFileSink("unknown", unknown),
    "RecordingStream.saveParts": (unknown) => recordingOf(node).saveParts("unknown", unknown),
    "RecordingStream.serveGrpc": (unknown) => recordingOf(node).serveGrpc(unknown),
    "RecordingStream.spawn": (unknown) => recordingOf(node).spawn(unknown),
    "RecordingStream.stdout": (unknown) => recordingOf(node).stdout(unknown),
    "StdoutSink.constructor": (unknown) => new node.StdoutSink(unknown),
    "WebSocketSink.constructor": (unknown) => new node.WebSocketSink(URL_OF_NOBODY, unknown),
    connectBlueprint: (unknown) => node.connectBlueprint(BLUEPRINT, "app", unknown),
    connectGrpc: METHOD_OF,
    connectViewer: (unknown) => node.viewer.connectViewer(URL_OF_NOBODY, unknown),
    connectWebSocket: METHOD_OF,
    init: (unknown) => node.init("app", unknown),
    installShutdownSignals: (unknown) => node.installShutdownSignals(unknown),
    logFileFromContents: METHOD_OF,
    logFileFromPath: METHOD_OF,
    readAsset3D: FIELDS,
    readAssetAudio: FIELDS,
    readAssetVideo: FIELDS,
    readEncodedDepthImage: FIELDS,
    readEncodedImage: FIELDS,
    readUrdf: (unknown) => node.files.readUrdf(import.meta.filename, unknown),
    logProcessMetrics: (unknown) => node.logProcessMetrics(recordingOf(node), "process", unknown),
    save: METHOD_OF,
    saveParts: METHOD_OF,
    recordingToHtml: (unknown) => node.viewer.recordingToHtml(recordingOf(node), unknown),
    runImporter: (unknown) =>
      node.files.runImporter({ name: "rerun-importer-a", extensions: [".a"], import() {}, ...(unknown as object) }),
    scriptSetup: (unknown) => node.scriptSetup({}, "app", unknown),
    serveGrpc: METHOD_OF,
    serveCatalog: (unknown) => node.serve.serveCatalog(unknown),
    serveGrpcRelay: (unknown) => node.serve.serveGrpcRelay(unknown),
    serveWebViewer: (unknown) => node.serve.serveWebViewer(unknown),
    spawn: METHOD_OF,
    spawnBlueprint: (unknown) => node.spawnBlueprint(BLUEPRINT, "app", unknown),
    spool: (unknown) => node.spool(new node.GrpcSink(), { directory: "spool", ...(unknown as object) }),
    stdout: METHOD_OF,
  },
  web: {
    ...CORE,
    ...RECORDING,
    ...TYPES,
    ...CONTROL,
    "GrpcSink.constructor": (unknown) => new web.GrpcSink(URL_OF_NOBODY, unknown),
    "OpfsRecording.messages": STORED,
    "FlightRecorder.constructor": (unknown) => new web.FlightRecorder(unknown),
    "FlightRecorder.downloadHtml": (unknown) => new web.FlightRecorder().downloadHtml("a.html", unknown),
    "FlightRecorder.discard": (unknown) => web.FlightRecorder.discard({ spool: "unknown", ...(unknown as object) }),
    "FlightRecorder.recover": (unknown) => web.FlightRecorder.recover({ spool: "unknown", ...(unknown as object) }),
    "OpfsRecording.sendTo": STORED,
    "OpfsSink.close": SINK,
    "OpfsSink.constructor": (unknown) => new web.OpfsSink("unknown", unknown),
    "RecordingStream.connectGrpc": (unknown) => recordingOf(web).connectGrpc(URL_OF_NOBODY, unknown),
    "RecordingStream.connectWebSocket": (unknown) => recordingOf(web).connectWebSocket(URL_OF_NOBODY, unknown),
    "RecordingStream.download": (unknown) => recordingOf(web).download("a.rrd", unknown),
    "RecordingStream.downloadHtml": (unknown) => recordingOf(web).downloadHtml("a.html", unknown),
    "RecordingStream.logFileFromContents": (unknown) => recordingOf(web).logFileFromContents("a.txt", BYTES, unknown),
    "RecordingStream.saveToOpfs": (unknown) => recordingOf(web).saveToOpfs("unknown", unknown),
    "RecordingStream.saveToPicker": (unknown) => recordingOf(web).saveToPicker("a.rrd", unknown),
    "WebSocketSink.constructor": (unknown) => new web.WebSocketSink(URL_OF_NOBODY, unknown),
    "WebViewerSink.constructor": (unknown) => new web.WebViewerSink({} as never, unknown),
    connectBlueprint: (unknown) => web.connectBlueprint(BLUEPRINT, "app", unknown),
    connectGrpc: METHOD_OF,
    connectViewer: (unknown) => web.viewer.connectViewer(URL_OF_NOBODY, unknown),
    connectWebSocket: METHOD_OF,
    download: METHOD_OF,
    init: (unknown) => web.init("app", unknown),
    joinRecording: (unknown) => web.joinRecording(portOf(), unknown),
    logCanvas: (unknown) => web.video.logCanvas(recordingOf(web), "video", {} as never, unknown).ended,
    logEncodedVideoChunk: LOGS,
    logFileFromContents: METHOD_OF,
    logGeolocation: (unknown) => web.sensors.logGeolocation(recordingOf(web), "position", unknown),
    logImageBitmap: (unknown) => web.logImageBitmap(recordingOf(web), "image", {} as never, unknown),
    logMediaStream: (unknown) => web.video.logMediaStream(recordingOf(web), "video", {} as never, unknown).ended,
    logNetwork: (unknown) => web.sensors.logNetwork(recordingOf(web), "network", unknown),
    logPointer: (unknown) => web.sensors.logPointer(recordingOf(web), "pointer", unknown),
    logVideoFrame: (unknown) =>
      web.video.logVideoFrame(recordingOf(web), "video", { clone() {}, displayWidth: 1 } as never, unknown),
    openWebViewer: (unknown) => web.viewer.openWebViewer(unknown),
    readMessages: (unknown) => server.readMessages(URL_OF_NOBODY, unknown),
    readTables: (unknown) => server.readTables(URL_OF_NOBODY, unknown),
    recordingToHtml: (unknown) => web.viewer.recordingToHtml(recordingOf(web), unknown),
    saveToOpfs: METHOD_OF,
    saveToPicker: METHOD_OF,
    sendTable: (unknown) => server.sendTable(URL_OF_NOBODY, "table", BYTES, unknown),
    spool: (unknown) => web.spool(new web.GrpcSink(), unknown),
  },
};

interface Package<Recording> {
  readonly RecordingStream: new (applicationId: string, options: node.types.RecordingOptions) => Recording;
}

function recordingOf<Recording extends { close(): Promise<unknown> }>(from: Package<Recording>): Recording {
  const recording = new from.RecordingStream("unknown_options", { onWarning: () => {}, onError: () => {} });
  onTestFinished(async () => void (await recording.close().catch(() => {})));
  return recording;
}

function portOf(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  return port1;
}

/** A recording with a timeline. */
async function reader(): Promise<reading.RecordingReader> {
  const recording = recordingOf(node);
  const memory = recording.memoryRecording();
  recording.log("a", new node.Scalars(1), { time: { frame: 0 } });
  return (await reading.openRrd(memory.drainAsBytes())).recording();
}

/** The names that entry points export, values and types. */
function exportedBy(packageName: string, entries: readonly string[]): ReadonlySet<string> {
  const snapshot = readFileSync(new URL(`${packageName}.txt`, import.meta.url), "utf8");
  const sections = snapshot.split(/^# /m).filter((section) => entries.includes(section.split("\n", 1)[0] ?? ""));
  return new Set(
    sections.flatMap((section) => [...section.matchAll(/^(?:\w+\.)?(\w+): /gm)].map(([, name = ""]) => name)),
  );
}

/** The exported calls of a package that take options. */
function optionTakers(packageName: string, exported: ReadonlySet<string>): string[] {
  const dist = join(PACKAGES, packageName, "dist");
  const found = new Set<string>();
  const add = (name: string, call: string, parameters = ""): void => {
    if (exported.has(name) && /\b\w*Options\b|\boptions\b/.test(parameters)) found.add(call);
  };
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts") || ARCHETYPES.test(path)) continue;
    const text = readFileSync(join(dist, path), "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
    for (const [, name = "", parameters] of text.matchAll(FUNCTION)) add(name, name, parameters);
    for (const [, name = "", body = ""] of text.matchAll(CLASS)) {
      for (const [, method = "", parameters] of body.matchAll(METHOD)) add(name, `${name}.${method}`, parameters);
    }
  }
  return [...found];
}

/** Waits for a promise, or for the end of a generator. */
async function settle(result: unknown): Promise<void> {
  const settled: unknown = await result;
  const isGenerator = typeof settled === "object" && settled !== null && Symbol.asyncIterator in settled;
  if (isGenerator) for await (const _ of settled as AsyncIterable<unknown>);
}

/** Returns the error of a call; `undefined` if the call succeeds. */
async function errorOf(call: Call, options: object): Promise<unknown> {
  try {
    await settle(call(options as never));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(CALLS))("the calls of @rerun-ts/%s with options", (packageName, calls) => {
  it("are all listed here", () => {
    const siblings = STANDALONE.has(packageName) ? [packageName] : ["core", "types", packageName];
    const exported = exportedBy(packageName, [`@rerun-ts/${packageName}`, "@rerun-ts/web/read"]);
    const names = new Set(siblings.flatMap((name) => optionTakers(name, exported)));
    expect(Object.keys(calls).sort()).toEqual([...names].sort());
  });

  const checked = Object.entries(calls).filter((entry): entry is [string, Call] => typeof entry[1] === "function");
  it.each(checked)("fail at an option that they do not have: %s", async (_, call) => {
    const error = await errorOf(call, { thisIsUnknown: 1 });
    expect(String(error)).toMatch(/`thisIsUnknown` is not an option of `.+`; known options: \w/);
    if (!(error instanceof TypeError)) expect(error).toMatchObject({ name: "RerunError", code: "INVALID_ARGUMENT" });
  });
});

describe("flags and callbacks", () => {
  const wrong: Readonly<Record<string, Call>> = {
    enabled: () => new node.RecordingStream("app", { enabled: "false" as never }),
    onWarning: () => new node.RecordingStream("app", { onWarning: "x" as never }),
    onError: () => new node.RecordingStream("app", { onError: "x" as never }),
    ack: () => recordingOf(node).flush({ ack: 1 as never }),
    waitForConnection: () => recordingOf(node).connectGrpc(URL_OF_NOBODY, { waitForConnection: "yes" as never }),
    makeActive: () => recordingOf(node).sendBlueprint(BLUEPRINT, { makeActive: "no" as never }),
    writeFooter: () => recordingOf(node).save("unknown.rrd", { writeFooter: 0 as never }),
    onProgress: () => recordingOf(web).download("a.rrd", { onProgress: true as never }),
    onDamage: () => reading.mergeRrd(BYTES, { onDamage: "x" as never }),
    enableHighAccuracy: () => web.sensors.logGeolocation(recordingOf(web), "a", { enableHighAccuracy: "no" as never }),
  };

  it.each(Object.entries(wrong))("of another type are rejected: %s", async (name, call) => {
    expect(String(await errorOf(call, {}))).toMatch(new RegExp(`\`${name}\` must be a (boolean|function), got `));
  });
});

describe("addEventListener", () => {
  it("rejects the name of an event that does not exist, and what is no function", () => {
    const recording = recordingOf(node);
    expect(() => recording.addEventListener("drops" as "drop", () => {})).toThrow(
      '`type` must be one of statechange, drop, warning, error, got "drops"',
    );
    expect(() => recording.addEventListener("drop", "x" as never)).toThrow('`listener` must be a function, got "x"');
  });
});

describe("calls that log", () => {
  it("warn about options that they do not have, and throw in strict mode only", () => {
    const warnings: string[] = [];
    const recording = new node.RecordingStream("app", { onWarning: ({ message }) => void warnings.push(message) });
    onTestFinished(async () => void (await recording.close()));
    const unknown = { thisIsUnknown: 1 } as object;
    recording.log("a", new node.Scalars(1), unknown);
    recording.log("b", new node.Points3D([[0, 0, 0]], unknown));
    recording.log("c", new node.AnyValues({ a: 1 }, unknown));
    recording.log("d", node.Scalars.fromFields({ scalars: 1 }, unknown));
    recording.log("e", new node.Scalars(1), { static: "yes" as never });
    recording.sendColumns("f", [], node.Scalars.columns({ scalars: [1], ...unknown }));
    expect(warnings).toHaveLength(6);
    for (const [index, message] of warnings.entries())
      expect(message).toContain(index === 4 ? "`static` must be a boolean" : "`thisIsUnknown`");
    recording.setStrictMode(true);
    expect(() => recording.log("a", new node.Scalars(1), unknown)).toThrow(node.RerunError);
  });
});
