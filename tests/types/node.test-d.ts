// Programs of users on Node. The test is that this file compiles; a comment marks the lines that must not compile.
import * as reading from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";

/** A script. */
export async function script(): Promise<void> {
  const rec = new rr.RecordingStream("helix");
  await rec.save("helix.rrd");
  for (let frame = 0; frame < 100; frame++) {
    const t = frame / 10;
    rec.setTime("frame", frame);
    rec.log("helix", new rr.Points3D([Math.cos(t), Math.sin(t), t], { colors: "orange", radii: 0.1 }));
    rec.log("height", new rr.Scalars(t));
  }
  const { complete, sinks } = await rec.close();
  const states: rr.types.SinkState[] = sinks.map(({ state }) => state);
  console.log(complete, states);
}

/** A service: to a file and into memory, many tasks at once. */
export async function service(job: string, cloud: Float32Array): Promise<void> {
  const uninstall = rr.installShutdownSignals();
  const rec = rr.init("service", { strict: false, onWarning: ({ code, message }) => console.warn(code, message) });
  await rec.setSinks([new rr.FileSink("robot.rrd", { writeFooter: true }), new rr.MemorySink({ maxBytes: 1e9 })]);
  rec.addEventListener("statechange", ({ sink, state, previous }) => console.log(sink.kind, previous, state), {
    once: true,
  });
  rec.addEventListener("drop", ({ rows, bytes, reason }) => console.log(rows, bytes, reason));
  const at = rec.at({ job: { sequence: 5n }, time: new Date() });
  at.log(["jobs", job, 42, 7n], new rr.Points3D(cloud, { colors: { rgb: new Uint8Array(cloud.length) } }));
  rr.log("global", [new rr.TextLog("hi", { level: "INFO" }), new rr.Scalars([1, 2])], { static: true });
  await rr.flush({ timeoutMs: 100, signal: AbortSignal.timeout(1000) });
  await rr.shutdown();
  uninstall();
}

/** A server, with a recording and without. */
export async function serve(rec: rr.RecordingStream): Promise<void> {
  const options: rr.serve.ServeGrpcOptions = {
    port: 0,
    serverMemoryLimit: 1e9,
    corsAllowOrigin: "https://example.com",
  };
  const server: rr.serve.GrpcServer = await rec.serveGrpc({
    ...options,
    defaultBlueprint: { encodeBlueprint: () => [] },
  });
  const { readers, lastDropReason }: rr.serve.RelayStats = server.stats();
  console.log(server.url, server.port, readers, lastDropReason);
  await rr.serveGrpc({ tls: { key: "", cert: new Uint8Array() as Buffer }, unref: true, thread: "auto" });
  await rec.setSinks([
    new rr.GrpcServerSink({ bindIp: "::", writeToken: "w", readToken: undefined }),
    new rr.MemorySink(),
  ]);
  const relay = await rr.serve.serveGrpcRelay({ newestFirst: true, allowHosts: ["robot.lan"], maxReaderBytes: 0 });
  await relay.close();
  // @ts-expect-error a relay has no recording, and so no blueprint
  await rr.serve.serveGrpcRelay({ defaultBlueprint: { encodeBlueprint: () => [] } });
  // @ts-expect-error both are needed
  void new rr.GrpcServerSink({ tls: { key: "" } });
}

/** Columns. */
export function columns(rec: rr.types.RecordingView, frames: number[], wave: Float64Array): void {
  rec.sendColumns("wave", rr.TimeColumn.sequence("frame", frames), rr.Scalars.columns({ scalars: wave }));
  rec.sendColumns("cloud", rr.TimeColumn.duration("time", [0, 0.5, 1]), [
    rr.Points3D.columns({ positions: new Float32Array(18) }).partition([1, 2, 3]),
    rr.Points3D.columns({ colors: ["red", "lime", "blue"] }),
  ]);
  rec.sendColumns(
    "t",
    [rr.TimeColumn.timestamp("at", [new Date()]), rr.TimeColumn.sequence("n", new BigInt64Array(1))],
    [],
  );
}

/** An archetype of one's own. */
export class Detection implements rr.types.AsComponents {
  readonly label = "car";
  readonly score = 0.93;
  asComponents(row: rr.types.RowWriter): void {
    row.add(new rr.Boxes3D({ sizes: [4, 2, 1.5], labels: this.label }));
    row.add(rr.componentBatches("my.Detection", { score: rr.components.Scalar.batch(this.score), gone: null }));
    row.write({ component: "raw" }, rr.encodings.Utf8.batch(["a"]));
  }
}

/** Rows are written by the SDK alone: archetypes need more of them than the two methods. */
export function ownRowWriter(data: rr.types.AsComponents): void {
  // @ts-expect-error an object with the same methods is not a row writer
  const row: rr.types.RowWriter = { add: () => {}, write: () => {} };
  data.asComponents(row);
}

// @ts-expect-error nor is a class
export class OwnRowWriter implements rr.types.RowWriter {
  add(): void {}
  write(): void {}
}

/** Structural inputs: classes of other libraries fit. */
export function structural(rec: rr.RecordingStream): void {
  class Vector3 {
    x = 1;
    y = 2;
    z = 3;
    toArray(): [number, number, number] {
      return [this.x, this.y, this.z];
    }
  }
  const temporalInstant: { readonly epochNanoseconds: bigint } = { epochNanoseconds: 5n };
  rec.setTime("at", temporalInstant);
  rec.setTime({ frame: 1, at: { timestamp: { millis: 5 } }, span: { duration: 0.5 }, none: undefined });
  rec.log("x", new rr.Points3D([new Vector3(), [1, 2, 3], new Float32Array(3)], { radii: undefined, labels: null }));
  rec.log("x", new rr.Transform3D({ translation: new Vector3(), mat3x3: { toArray: () => new Float32Array(9) } }));
  rec.log("x", new rr.Image({ data: Buffer.alloc(3), width: 1, height: 1, channels: 3 }));
  rec.log("x", rr.Points3D.fromFields({ radii: 2 }, { clearUnset: true }));
  rec.log("x", rr.Clear.recursive());
  const bytes: Uint8Array<ArrayBuffer> = rec.memoryRecording().drainAsBytes();
  const readable: ReadableStream<Uint8Array<ArrayBuffer>> = rec.binaryStream().readable;
  console.log(bytes, readable, new rr.StreamSink(process.stderr), new rr.StreamSink(new WritableStream<Uint8Array>()));
}

/** Lines that must not compile. */
export function mistakes(rec: rr.RecordingStream): void {
  // @ts-expect-error: an archetype is wanted
  rec.log("x", 5);
  // @ts-expect-error: several archetypes go into an array
  rec.log("x", new rr.Scalars(1), new rr.Scalars(2));
  // @ts-expect-error: a text is not a scalar
  void new rr.Scalars("1");
  // @ts-expect-error: an option that does not exist
  void new rr.Points3D([0, 0, 0], { colour: "red" });
  // @ts-expect-error: a vector without z
  void new rr.Points3D({ x: 1, y: 2 });
  // @ts-expect-error: no such fill mode
  void new rr.Boxes3D({ sizes: [1, 1, 1], fillMode: "Filled" });
  // @ts-expect-error: sizes exclude half sizes
  void new rr.Boxes3D({ sizes: [1, 1, 1], halfSizes: [1, 1, 1] });
  // @ts-expect-error: corners exclude centres
  void new rr.Boxes3D({ sizes: [1, 1, 1], mins: [0, 0, 0], centers: [0, 0, 0] });
  // @ts-expect-error: a lens and a matrix exclude each other
  void new rr.Pinhole({
    focalLength: 5,
    imageFromCamera: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  });
  // @ts-expect-error: a camera needs a lens
  void new rr.Pinhole({ width: 4, height: 3 });
  // @ts-expect-error: a flat array does not tell rows from columns
  void new rr.Transform3D({ mat3x3: [1, 0, 0, 0, 1, 0, 0, 0, 1] });
  // @ts-expect-error: a picture has a height
  void new rr.Image({ data: new Uint8Array(3), width: 1 });
  // @ts-expect-error: which way to clear must be said
  void new rr.Clear({});
  // @ts-expect-error: a slip for `at({ frame: 42 })`
  rec.at({ sequence: 42 });
  // @ts-expect-error: two kinds in one time
  rec.setTime("t", { sequence: 1, duration: 1 });
  // @ts-expect-error: a time is not text
  rec.setTime("t", "now");
  // @ts-expect-error: archetypes are not columns
  rec.sendColumns("x", rr.TimeColumn.sequence("t", [1]), [new rr.Scalars(1)]);
  // @ts-expect-error: a mode of browsers
  void rec.download();
  // @ts-expect-error: no such event
  rec.addEventListener("drops", () => {});
  // @ts-expect-error: no such compression
  void new rr.RecordingStream("x", { compression: "zstd" });
  // @ts-expect-error: components stand in their namespace
  void rr.Color;
}

/** Live: a viewer of one's own, servers, relays. */
export async function live(): Promise<void> {
  const rec = new rr.RecordingStream("live");
  const { port, pid }: rr.types.SpawnInfo = await rec.spawn({
    port: 9877,
    memoryLimit: "2GB",
    extraArgs: ["--hide-welcome-screen"],
  });
  await rec.connectGrpc(new URL("rerun+http://127.0.0.1/proxy"), {
    headers: async () => ({ a: "b" }),
    onFull: "error",
  });
  await rec.connectWebSocket("wss://example.com/ws", { token: () => "s3cret", tls: { ca: "…" }, thread: false });
  const server: rr.serve.GrpcServer = await rec.serveGrpc({
    port: 0,
    corsAllowOrigin: ["https://*.example.com"],
    newestFirst: true,
  });
  const relay = await rr.serve.serveGrpcRelay({ serverMemoryLimit: "25%", tls: { key: Buffer.alloc(1), cert: "…" } });
  const viewer: rr.serve.WebViewerServer = await rr.serve.serveWebViewer({
    connectTo: [server.url, relay.url],
    webPort: 0,
    assets: "npm",
  });
  await rec.setSinks([
    new rr.GrpcServerSink({ port: 0 }),
    new rr.WebSocketSink(),
    new rr.GrpcSink(undefined, { thread: true }),
  ]);
  console.log(port, pid, relay.stats().readers, viewer.url);
  await Promise.all([server.close(), relay.close(), viewer.close()]);
  // @ts-expect-error -- pages have no headers for WebSockets; Node has, and a class of its own it does not need
  console.log(new rr.WebSocketSink(undefined, { headers: { a: "b" }, WebSocket: class {} }));
  // @ts-expect-error -- bytes or a text with a unit
  await rr.serve.serveGrpcRelay({ serverMemoryLimit: true });
}

// What other calls return is exported as a type: there is no constructor to call.
// @ts-expect-error
void reading.Query;
// @ts-expect-error
void reading.RrdFile;
// @ts-expect-error
void reading.RecordingReader;
// @ts-expect-error
void reading.LiveRecording;
const made = reading.Chunk.fromColumns("/a", { columns: rr.Scalars.columns({ scalars: [1] }) });
reading.derive(made, { from: "Scalars:scalars", value: "x", to: "/b", as: rr.Scalars });
reading.derive(made, { from: "Imu:accel", value: (a: { x: number }) => a.x, as: rr.TextLog });
reading.derive(made, { from: "a:b", as: { archetype: rr.Transform3D, field: "translation" } }, { output: "all" });
// @ts-expect-error a lens reads a component
reading.derive(made, { value: "x" });
// @ts-expect-error a sink has two forms only
void reading.ChunkStream.from([made]).writeRrd(7, { applicationId: "a" });
// @ts-expect-error members for siblings are not declared
new rr.MemorySink().remove([]);
// @ts-expect-error
rr.TimeColumn.fromBytes("frame", "sequence", new Uint8Array(8));
