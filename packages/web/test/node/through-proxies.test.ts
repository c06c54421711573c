import * as core from "@rerun-ts/core";
import { rawOf } from "@rerun-ts/core/checks";
import * as blueprint from "@rerun-ts/web/blueprint";
import * as rr from "@rerun-ts/web";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** Proxies of reactive state, by the library that makes them. */
const PROXIES: Readonly<Record<string, <Value extends object>(value: Value) => Value>> = {
  "a plain proxy": (value) => new Proxy(value, {}),
  "a deep proxy, as of Vue, Alpine and MobX": deep,
  // It makes an object with the same prototype and a copy of all own properties.
  "a proxy of a copy, as of valtio": (value) => {
    const copy = Object.create(Object.getPrototypeOf(value) as object) as object;
    for (const key of Reflect.ownKeys(value))
      Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor);
    return new Proxy(copy, {}) as typeof value;
  },
};

/** Wraps plain objects, arrays and instances of classes, and everything that they return. Functions stay. */
function deep<Value extends object>(value: Value): Value {
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      const isWrapped = typeof found === "object" && found !== null && !ArrayBuffer.isView(found);
      const property = Object.getOwnPropertyDescriptor(target, key);
      const isFixed = property?.configurable === false && property.writable === false;
      return isWrapped && !isFixed ? deep(found) : found;
    },
  });
}

/** An instance of each class with private members that users hold. */
const INSTANCES: Readonly<Record<string, () => object>> = {
  RecordingStream: () => new rr.RecordingStream("app"),
  MemorySink: () => new rr.MemorySink(),
  GrpcSink: () => new rr.GrpcSink(),
  GrpcWebSink: () => new core.GrpcWebSink(),
  WebSocketSink: () => new rr.WebSocketSink(),
  OpfsSink: () => new rr.OpfsSink("name"),
  StreamSink: () => new rr.StreamSink(new WritableStream()),
  CallbackSink: () => new rr.CallbackSink(() => {}),
  WorkerHost: () => new rr.WorkerHost(() => ({}) as never),
  EntityPath: () => rr.EntityPath.of("a", "b"),
  TimeColumn: () => rr.TimeColumn.sequence("frame", [1, 2]),
  ComponentColumn: () => [...rr.Scalars.columns({ scalars: [1] })][0] as object,
  ComponentColumnList: () => rr.Scalars.columns({ scalars: [1] }),
  AnyValues: () => new rr.AnyValues({ a: 1 }),
  AnyBatchValue: () => new rr.AnyBatchValue("a", [1]),
  DynamicArchetype: () => new rr.DynamicArchetype("a", { b: [1] }),
};

describe.each(Object.entries(PROXIES))("through %s", (_, proxied) => {
  it("a recording logs, and reads its state", async () => {
    const raw = new rr.RecordingStream("app", { sendProperties: false });
    const rec = proxied(raw);
    const memory = proxied(rec.memoryRecording());
    rec.setTime("frame", 3);
    rec.at({ step: 4 }).log("a", new rr.Scalars(1));
    proxied(rec.at({ step: 5 })).log("a", new rr.Scalars(2));
    rec.sendColumns("b", rr.TimeColumn.sequence("frame", [1]), rr.Scalars.columns({ scalars: [9] }));
    expect([rec.state, rec.applicationId, rec.sinks.length]).toEqual([raw.state, "app", 1]);
    expect(
      readChunks(memory.drainAsBytes())
        .map(({ entityPath }) => entityPath)
        .sort(),
    ).toEqual(["/a", "/b"]);
    expect(await rec.close()).toMatchObject({ complete: true, droppedRows: 0 });
  });

  it("archetypes, columns and paths are logged as they are", () => {
    const rec = new rr.RecordingStream("app", { strict: true, sendProperties: false });
    const memory = rec.memoryRecording();
    const position = new Float32Array([1, 2, 3]);
    const rows: [rr.EntityPath | string, core.AsComponents][] = [
      [rr.EntityPath.of("points"), new rr.Points3D(position, { colors: ["red"], labels: ["a"] })],
      ["text", new rr.TextLog("hello", { level: "INFO" })],
      [
        "mesh",
        new rr.Mesh3D({
          vertexPositions: [
            [0, 0, 0],
            [1, 0, 0],
            [0, 1, 0],
          ],
        }),
      ],
      ["any", new rr.AnyValues({ a: [1, 2] })],
      ["clear", rr.Clear.flat()],
      ["update", rr.Points3D.fromFields({ radii: [1] })],
    ];
    for (const [path, data] of rows) rec.log(path, data);
    const plain = readChunks(memory.drainAsBytes());
    for (const [path, data] of rows) rec.log(typeof path === "string" ? path : proxied(path), proxied(data));
    const logged = readChunks(memory.drainAsBytes());
    expect(logged.map(({ entityPath, components }) => ({ entityPath, components }))).toEqual(
      plain.map(({ entityPath, components }) => ({ entityPath, components })),
    );
    const times = proxied(rr.TimeColumn.sequence("frame", [1, 2]));
    rec.sendColumns("columns", times, proxied(rr.Scalars.columns({ scalars: [1, 2] })));
    expect(readChunks(memory.drainAsBytes())[0]?.times["frame"]).toEqual([1n, 2n]);
  });

  it("a sink is set once, and has its data", async () => {
    const sink = new rr.MemorySink();
    const rec = new rr.RecordingStream("app");
    await rec.setSinks([proxied(sink)]);
    rec.log("a", new rr.Scalars(1));
    await rec.close();
    expect(readChunks(proxied(sink).toBytes())).toHaveLength(1);
    await expect(new rr.RecordingStream("b", { onError() {} }).setSinks([proxied(sink)])).rejects.toThrow(/open/);
  });

  it("a blueprint is sent", async () => {
    const rec = new rr.RecordingStream("app");
    const memory = rec.memoryRecording();
    const { Blueprint, Grid, Spatial3DView, TimePanel } = blueprint;
    const views = proxied(new Grid([proxied(new Spatial3DView({ origin: "/a", name: "b" }))]));
    rec.sendBlueprint(proxied(new Blueprint(views, new TimePanel({ state: "Hidden" }))));
    await rec.flush();
    expect(core.RERUN_VERSION).toBeDefined();
    expect(memory.drainAsBytes().byteLength).toBeGreaterThan(1000);
  });

  it.each(Object.entries(INSTANCES))("%s is found behind it, and its accessors work", (_name, make) => {
    const raw = make();
    const value = proxied(raw);
    expect(rawOf(value)).toBe(raw);
    for (
      let type = Object.getPrototypeOf(raw) as object;
      type !== Object.prototype;
      type = Object.getPrototypeOf(type) as object
    )
      for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(type)))
        if ("get" in property) expect(() => Reflect.get(value, key, value), key).not.toThrow();
  });
});

it("every class with private members that users can create works through proxies", () => {
  const classes = Object.entries({ ...core, ...rr, ...blueprint }).filter(
    ([, value]) => typeof value === "function" && /^class\b[^]*[\s.]#\w+/.test(codeOf(value)),
  );
  const missing = classes.filter(([, value]) => !/throughProxies\)?\(this\)|super\(/.test(codeOf(value)));
  expect(classes.length).toBeGreaterThan(10);
  expect(missing.map(([name]) => name)).toEqual([]);
});

function codeOf(value: unknown): string {
  return Function.prototype.toString.call(value);
}
