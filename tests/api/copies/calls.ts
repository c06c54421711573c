import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { Mesh } from "three";
import {
  type Call,
  type FailingCall,
  type Reason,
  PAGE,
  METHOD_OF,
  SERVER,
  OWN,
  PARTS,
  VALUES,
  NOBODY,
  entity,
  times,
  scalars,
  layout,
  layoutRows,
  URDF,
  SPAN,
} from "./objects.ts";
import { READING_CALLS } from "./reading-calls.ts";
import { describeRows } from "./trial.ts";

/** All calls, by their packages and names. */
export const CALLS: Readonly<Record<string, Call | FailingCall | Reason>> = {
  ...READING_CALLS,
  "core ComponentColumn.constructor": ({ node }, other, trial) =>
    trial
      .recording(other)
      .sendColumns("a", times(other), [new node.ComponentColumn(other.node.Scalars.scalars, [1, 2])]),
  "core ComponentColumnList.constructor": (own, other, trial) =>
    trial.recording(own).sendColumns("a", times(own), new own.node.ComponentColumnList([...scalars(other)])),
  "core RecordingStream.log": (own, { node }, trial) =>
    trial.recording(own).log(node.EntityPath.of("a"), [new node.Points3D([[1, 2, 3]]), new node.AnyValues({ b: 1 })]),
  "core RecordingStream.sendBlueprint": (own, other, trial) => trial.recording(own).sendBlueprint(layout(other)),
  "core RecordingStream.sendColumns": (own, other, trial) =>
    trial.recording(own).sendColumns(entity(other), [times(other)], scalars(other)),
  "core RecordingStream.sendProperty": (own, { node }, trial) =>
    trial.recording(own).sendProperty("a", new node.Scalars(1)),
  "core RecordingStream.setSink": async (own, { node }) => {
    const recording = new own.node.RecordingStream("copies");
    const sink = new node.MemorySink();
    await recording.setSink(sink);
    recording.log("a", new own.node.Scalars(1));
    const { complete } = await recording.close();
    return [complete, describeRows(sink.toBytes())];
  },
  "core RecordingStream.setSinks": async (own, { node }, _, folder) => {
    const recording = new own.node.RecordingStream("copies");
    const path = join(folder, `sinks-${Math.random()}.rrd`);
    await recording.setSinks([new node.FileSink(path), new own.node.MemorySink()]);
    recording.log("a", new own.node.Scalars(1));
    const { complete } = await recording.close();
    return [complete, describeRows(readFileSync(path))];
  },
  "core RecordingStream.constructor": PARTS,
  "core ViewerControl.setBlueprint": "it encodes the layout as `saveBlueprint`",
  "core checkEntityPath": ({ integration }, other) => integration.checkEntityPath("path", entity(other)).toString(),
  "core componentBatches": (own, { node }, trial) =>
    trial.recording(own).log("a", own.node.componentBatches("my.Archetype", { a: node.arrowBatch("Int32", [1]) })),
  "core filtered": async (own, { node }) => {
    const recording = new own.node.RecordingStream("copies");
    const sink = new node.MemorySink();
    await recording.setSink(own.node.filtered(sink, { contents: "/a" } as never));
    for (const path of ["a", "b"]) recording.log(path, new own.node.Scalars(1));
    await recording.close();
    return describeRows(sink.toBytes());
  },
  "core tee": async (own, { node }) => {
    const recording = new own.node.RecordingStream("copies");
    const sinks = [new node.MemorySink(), new own.node.MemorySink()] as const;
    await recording.setSink(own.node.tee(sinks));
    recording.log("a", new own.node.Scalars(1));
    await recording.close();
    return sinks.map((sink) => describeRows(sink.toBytes()));
  },
  "core reportWarning": [
    ({ integration }, other, trial) => integration.reportWarning(trial.recording(other), "a warning"),
    /^a warning$/,
  ],
  "core setGlobalRecording": (own, other, trial) => {
    own.node.setGlobalRecording(trial.recording(other));
    own.node.log("a", new own.node.Scalars(1));
    own.node.setGlobalRecording(undefined);
  },
  "core log": METHOD_OF,
  "core sendBlueprint": METHOD_OF,
  "core sendColumns": METHOD_OF,
  "core sendProperty": METHOD_OF,
  "core setSink": METHOD_OF,
  "core setSinks": METHOD_OF,

  "types AnyBatchValue.asComponents": OWN,
  "types AnyValues.asComponents": OWN,
  "types DynamicArchetype.asComponents": OWN,
  "types LineLog.constructor": (own, other, trial) =>
    new own.types.LineLog({
      owner: "copies",
      defaultPath: "logs",
      recording: trial.recording(other),
      options: { entityPath: entity(other) },
      known: { entityPath: 1, maxTextLength: 1 },
      timeline: undefined,
    } as never).log((text) => {
      own.types.writeValue("a line", text);
      return { level: "INFO" };
    }),
  "types LineLog.log": PARTS,
  "types writeFields": PARTS,
  "types writeValue": PARTS,
  "types UrdfTree.log": async (own, other, trial) => {
    const recording = trial.recording(other);
    await (await own.node.files.loadUrdf(URDF)).log(recording, entity(other));
  },
  "types UrdfTree.getCollisionGeometryPaths": async ({ node }, other) =>
    (await node.files.loadUrdf(URDF)).getCollisionGeometryPaths("base", entity(other) as never),
  "types UrdfTree.getVisualGeometryPaths": async ({ node }, other) =>
    (await node.files.loadUrdf(URDF)).getVisualGeometryPaths("base", entity(other) as never),
  "types captureConsole": (own, other, trial) => {
    const stop = own.node.captureConsole(trial.recording(other), { entityPath: entity(other) });
    console.info("a line");
    stop();
  },
  "types defineTree": (own, { node }, trial) => {
    const { any, entity: self, Scalars } = node;
    const tree = own.node.defineTree({ arm: { [any]: Scalars, [self]: Scalars } });
    const arm = tree.on(trial.recording(own)).arm as { log(data: unknown): void; child(name: string): typeof arm };
    arm.log(new Scalars(1));
    arm.child("joint").log(new Scalars(1));
  },
  "types defineArchetype": PARTS,
  "types loadUrdf": (own, other, trial) =>
    own.node.files
      .loadUrdf(URDF, { transformEntityPath: entity(other) } as never)
      .then((urdf) => urdf.log(trial.recording(own), "/")),
  "types toMp4": [
    async (own, other, trial) => own.node.video.toMp4(await trial.reader(other), entity(other)).next(),
    /has no VideoStream and no AssetVideo/,
  ],
  "types logVideoFile": [
    (own, other, trial) =>
      own.node.video.logVideoFile(trial.recording(other), entity(other), new Uint8Array([1, 2, 3])),
    /`source` must be an MP4 video/,
  ],

  "blueprint Blueprint.constructor": (own, other) => layoutRows(own, new other.blueprint.TextLogView({ name: "logs" })),
  "blueprint Grid.constructor": (own, other) =>
    layoutRows(own, new own.blueprint.Grid([new other.blueprint.TextLogView({ name: "logs" })])),
  "blueprint Horizontal.constructor": (own, other) =>
    layoutRows(own, new own.blueprint.Horizontal([new other.blueprint.Grid([new own.blueprint.MapView({})])])),
  "blueprint Tabs.constructor": (own, other) =>
    layoutRows(own, new own.blueprint.Tabs([new other.blueprint.Vertical([new other.blueprint.MapView({})])])),
  "blueprint Vertical.constructor": (own, other) =>
    layoutRows(own, new own.blueprint.Vertical([new other.blueprint.Tabs([new other.blueprint.MapView({})])])),
  "blueprint TableBlueprint.constructor": ({ blueprint }, other) =>
    describeRows(
      new blueprint.table.TableBlueprint({
        filters: [other.blueprint.table.col("success").isTrue()],
        cardLayout: {
          title: "name",
          fields: [{ source: "episode", previews: [new other.blueprint.Spatial3DView()] }],
        },
      }).toRbl("copies"),
    ),
  "blueprint View.constructor": (own, other) =>
    layoutRows(
      own,
      new own.blueprint.View({
        classIdentifier: "TimeSeries",
        overrides: { a: new other.node.SeriesLines({ colors: "red" }) },
        properties: { ScalarAxis: new other.node.Scalars(1) },
        defaults: [new other.node.Scalars(1)],
      } as never),
    ),
  "blueprint Visualizer.constructor": (own, other) =>
    layoutRows(
      own,
      new own.blueprint.TimeSeriesView({
        overrides: {
          a: new own.blueprint.Visualizer("SeriesLines", { overrides: new other.node.SeriesLines({ colors: "red" }) }),
          b: new other.blueprint.Visualizer("SeriesLines", { overrides: new own.node.SeriesLines({ colors: "red" }) }),
        },
      }),
    ),

  "storage catalogStore": SERVER,
  "storage registerParts": SERVER,

  "loggers RerunTransport.constructor": ({ winston }, other, trial) => {
    const transport = new winston.RerunTransport({ recording: trial.recording(other), entityPath: entity(other) });
    transport.log?.({ level: "info", message: "a line" }, () => {});
  },
  "loggers rerunDestination": ({ pino }, other, trial) =>
    pino.rerunDestination(trial.recording(other), { entityPath: entity(other) }).write('{"level":30,"msg":"a line"}\n'),

  "node RecordingStream.logFileFromContents": (own, other, trial) =>
    trial
      .recording(own)
      .logFileFromContents("a.txt", new TextEncoder().encode("a"), { entityPathPrefix: entity(other) }),
  "node RecordingStream.logFileFromPath": (own, other, trial) =>
    trial.recording(own).logFileFromPath(join(root, "docs/README.md"), { entityPathPrefix: entity(other) }),
  "node logFileFromContents": METHOD_OF,
  "node logFileFromPath": METHOD_OF,
  "node RecordingStream.connectGrpc": VALUES,
  "node RecordingStream.connectWebSocket": VALUES,
  "node RecordingStream.save": VALUES,
  "node RecordingStream.saveParts": VALUES,
  "node RecordingStream.serveGrpc": VALUES,
  "node RecordingStream.spawn": VALUES,
  "node RecordingStream.stdout": VALUES,
  "node connectGrpc": METHOD_OF,
  "node connectWebSocket": METHOD_OF,
  "node init": VALUES,
  "node logVideoFile": "the function of types",
  "node saveMp4": "as `toMp4`",
  "node recordingToHtml": [
    (own, other, trial) => own.node.viewer.recordingToHtml(trial.recording(other), { viewerFiles: "/none" }),
    /`viewerFiles` must be a folder/,
  ],
  "node save": METHOD_OF,
  "node saveParts": METHOD_OF,
  "node spawn": METHOD_OF,
  "node stdout": METHOD_OF,
  "node logProcessMetrics": (own, other, trial) => {
    const stop = own.node.logProcessMetrics(trial.recording(other), "process");
    stop();
  },
  "node readUrdf": "as `loadUrdf`",
  "testing renderRecording": [
    (own, other, trial) => own.rendering.renderRecording(trial.recording(other), { executablePath: "/none" }),
    /\/none/,
  ],
  "testing renderVideo": [
    (own, other, trial) =>
      own.rendering.renderVideo(trial.recording(other), "/none.mp4", { ffmpegPath: "true", executablePath: "/none" }),
    /ffmpeg|true lacks/i,
  ],
  "node runImporter": "its recording is one of the same copy",
  "node runWith": (own, other, trial) =>
    own.node.runWith(trial.recording(other), {}, () => own.node.log("a", new own.node.Scalars(1))),
  "node saveBlueprint": async (own, other, _, folder) => {
    const path = join(folder, `layout-${Math.random()}.rbl`);
    await own.node.saveBlueprint(layout(other), "copies", path);
    return describeRows(readFileSync(path));
  },
  "node connectBlueprint": async (own, other) => {
    const relay = await own.node.serve.serveGrpcRelay({ port: 0 });
    await own.node.connectBlueprint(layout(other), "copies", { url: relay.url });
    await relay.close();
  },
  "node spawnBlueprint": "it starts a viewer, and sends the layout as `connectBlueprint`",
  "node scriptSetup": PARTS,
  "node scriptTeardown": [
    (own, other) => own.node.scriptTeardown({} as never, new other.node.RecordingStream("copies")),
    /^$/,
  ],
  "node serveGrpc": METHOD_OF,
  "node setGlobalRecording": "the function of core",
  "node spool": (own, { node }, _, folder) =>
    own.node.spool(new node.GrpcSink(NOBODY), { directory: join(folder, "spool") }).kind,

  "opentelemetry RerunMetricExporter.constructor": (own, other, trial) =>
    new own.opentelemetry.RerunMetricExporter(trial.recording(other), { entityPath: entity(other) }).export(
      { scopeMetrics: [] } as never,
      () => {},
    ),
  "opentelemetry RerunSpanProcessor.constructor": (own, other, trial) =>
    new own.opentelemetry.RerunSpanProcessor(trial.recording(other), { entityPath: entity(other) }).onEnd(
      SPAN as never,
    ),

  "controls openControls": async (own, other, trial) => {
    const declared = { gain: own.controls.slider({ min: 0, max: 1 }) };
    const ui = await own.controls.openControls(trial.recording(other), declared, { page: false });
    await ui.close();
  },
  "replay recordPage": PAGE,
  "react RerunViewer": PAGE,
  "react useLog": "it calls `log` of the recording",
  "react useRecording": "its recording is one of the same copy",
  "three followScene": (own, other, trial) =>
    own.three.followScene(trial.recording(other), entity(other), new Mesh()).update(),
  "three logScene": (own, other, trial) => own.three.logScene(trial.recording(other), entity(other), new Mesh()),

  "web OpfsRecording.sendTo": PAGE,
  "web RecordingStream.logFileFromContents": (own, other, trial) =>
    trial.page(own).logFileFromContents("a.txt", new TextEncoder().encode("a"), { entityPathPrefix: entity(other) }),
  "web connectBlueprint": async (own, other) => {
    const relay = await own.node.serve.serveGrpcRelay({ port: 0 });
    await own.web.connectBlueprint(layout(other), "copies", { url: relay.url });
    await relay.close();
  },
  "web downloadBlueprint": [(own, other) => own.web.downloadBlueprint(layout(other), "copies"), /needs a page/],
  "web RecordingStream.saveToOpfs": VALUES,
  "web RecordingStream.connectGrpc": (own, other) => {
    const worker = new other.web.WorkerHost(() => {
      throw new Error("it is not started");
    });
    return new own.web.GrpcSink(NOBODY, { worker }).kind;
  },
  "web RecordingStream.connectWebSocket": "its option `worker` is that of `connectGrpc`",
  "web connectGrpc": METHOD_OF,
  "web connectWebSocket": METHOD_OF,
  "web logFileFromContents": METHOD_OF,
  "web saveToOpfs": METHOD_OF,
  "web setGlobalRecording": "the function of core",
  "web logCanvas": [
    (own, other, trial) => own.web.video.logCanvas(trial.page(other), "a", {} as never).ended,
    /`canvas` must be/,
  ],
  "web logMediaStream": [
    (own, other, trial) => own.web.video.logMediaStream(trial.page(other), "a", {} as never).ended,
    /`stream` must be a MediaStream/,
  ],
  "web logVideoFrame": [
    (own, other, trial) => own.web.video.logVideoFrame(trial.page(other), "a", {} as never),
    /`frame` must be/,
  ],
  "web logEncodedVideoChunk": [
    (own, other, trial) => own.web.video.logEncodedVideoChunk(trial.page(other), entity(other) as never, {} as never),
    /metadata/,
  ],
  "web logImageBitmap": [
    (own, other, trial) => own.web.logImageBitmap(trial.page(other), "a", {} as never),
    /createImageBitmap/,
  ],
  "web logDeviceMotion": [
    (own, other, trial) => void own.web.sensors.logDeviceMotion(trial.page(other), "a"),
    /no `devicemotion`/,
  ],
  "web logDeviceOrientation": [
    (own, other, trial) => void own.web.sensors.logDeviceOrientation(trial.page(other), "a"),
    /no `deviceorientation`/,
  ],
  "web logGeolocation": [
    (own, other, trial) => void own.web.sensors.logGeolocation(trial.page(other), "a"),
    /no geolocation/,
  ],
  "web logNetwork": (own, other, trial) => void own.web.sensors.logNetwork(trial.page(other), "a"),
  "web logPerformance": (own, other, trial) => void own.web.sensors.logPerformance(trial.page(other), "a"),
  "web logPointer": [
    (own, other, trial) => void own.web.sensors.logPointer(trial.page(other), "a", { target: {} as never }),
    /`target` must be an element/,
  ],
  "web logXrPoses": [
    (own, other, trial) => void own.web.sensors.logXrPoses(trial.page(other), "a", {} as never, {} as never),
    /requestAnimationFrame/,
  ],
  "web openWebViewer": PAGE,
  "storage shareLink": "by `recordingToHtml` of node",
  "web recordingToHtml": "as that of node",
  "web shareRecording": (own, other, trial) => own.web.shareRecording(trial.page(other)).close(),
  "web spool": (own, { web }) => own.web.spool(new web.GrpcSink(NOBODY), { name: "a" } as never).kind,
};
