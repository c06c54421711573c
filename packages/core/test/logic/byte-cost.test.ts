import {
  filtered,
  GrpcWebSink,
  MemorySink,
  RecordingStream,
  tee,
  WebSocketSink,
  type RecordingOptions,
  type Sink,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { Points3D, Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { costOfUrl, highestCost, type ByteCost } from "../../dist/bytes/byte-cost.js";
import { encodeRrd } from "../../dist/rrd/encode/rrd-writer.js";

/** A sink at a destination where bytes have a cost. */
class SinkOfCost extends CollectingSink {
  override readonly key: string;
  readonly byteCost: ByteCost;

  constructor(byteCost: ByteCost) {
    super();
    this.key = byteCost;
    this.byteCost = byteCost;
  }
}

interface Compressed {
  readonly bytes: number;
  readonly compressions: ReadonlySet<string>;
}

/** Logs to sinks of some costs. Returns what the first one received. */
async function compress(
  costs: readonly ByteCost[],
  log: (rec: RecordingStream) => void,
  options: RecordingOptions = {},
): Promise<Compressed> {
  const sinks = costs.map((cost) => new SinkOfCost(cost));
  // However busy the machine is, chunks end at the same rows.
  const batcher = { flushTickMs: Infinity };
  const rec = new RecordingStream("cost", { strict: true, logTime: false, batcher, ...options });
  await rec.setSinks(sinks);
  log(rec);
  await rec.close();
  return compressedIn(sinks[0]);
}

/** The bytes of a sink's messages, and the compressions of those with rows at a time. */
function compressedIn(sink: SinkOfCost | undefined): Compressed {
  const rrd = encodeRrd(sink?.messages ?? []);
  const compressions = decodeRrd(rrd).flatMap((message) =>
    message.kind === "chunk" && !message.isStatic ? [message.compression] : [],
  );
  return { bytes: rrd.byteLength, compressions: new Set(compressions) };
}

/** The first program of the README. */
function logHelix(rec: RecordingStream): void {
  for (let frame = 0; frame < 200; frame++) {
    const angles = Array.from({ length: 200 }, (_, i) => i / 10 + frame / 20);
    const points = angles.map((angle, i) => [Math.cos(angle), Math.sin(angle), i / 50] as const);
    const colors = angles.map((_, i) => [i, 255 - i, 80] as const);
    rec.setTime("frame", frame);
    rec.log("helix", new Points3D(points, { colors, radii: 0.06 }));
  }
}

/** Turns of a lidar before a ground and a round wall. */
function logTurns(rec: RecordingStream): void {
  for (let turn = 0; turn < 5; turn++) {
    const positions = new Float32Array(3 * 64 * 512);
    for (let i = 0; i < 64 * 512; i++) {
      const azimuth = ((i % 512) / 512) * 2 * Math.PI;
      const elevation = ((Math.floor(i / 512) - 32) / 64) * 0.5;
      const wall = 10 + 5 * Math.sin(azimuth * 3 + turn / 10) + ((i * 7919) % 13) / 600;
      const distance = Math.min(wall, elevation < 0 ? -1.8 / Math.sin(elevation) : 50);
      positions[3 * i] = distance * Math.cos(elevation) * Math.cos(azimuth);
      positions[3 * i + 1] = distance * Math.cos(elevation) * Math.sin(azimuth);
      positions[3 * i + 2] = distance * Math.sin(elevation);
    }
    rec.setTime("turn", turn);
    rec.log("lidar", new Points3D(positions));
  }
}

/** Numbers of 32 bits as doubles: a search saves 5 %. */
function logFractions(rec: RecordingStream): void {
  for (let i = 0; i < 50_000; i++) {
    rec.setTime("i", i);
    rec.log("fractions", new Scalars((Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 0) / 2 ** 32));
  }
}

describe('compression "auto"', () => {
  it("compresses nothing for destinations on the same machine", async () => {
    expect((await compress(["free"], logHelix)).compressions).toEqual(new Set(["none"]));
  });

  it.each(["stored", "sent"] as const)(
    "compresses messages once for all sinks, as the dearest needs: %s",
    async (cost) => {
      const { compressions, bytes } = await compress(["free", cost], logHelix);
      expect(compressions).toEqual(new Set(["lz4"]));
      expect(bytes).toBeLessThan((await compress([cost], logHelix)).bytes * 1.01);
    },
  );

  it.each([
    ["points on a curve", logHelix],
    ["turns of a lidar", logTurns],
  ])("makes files as small as with lz4, if that saves a tenth: %s", async (_, log) => {
    const { bytes } = await compress(["stored"], log);
    const lz4 = await compress(["stored"], log, { compression: "lz4" });
    const none = await compress(["stored"], log, { compression: "none" });
    expect(lz4.bytes).toBeLessThan(none.bytes * 0.97);
    expect(bytes).toBeLessThan(lz4.bytes * 1.02);
  });

  it("saves more bytes for a network than for a file", async () => {
    const [sent, stored] = [await compress(["sent"], logFractions), await compress(["stored"], logFractions)];
    expect(sent.bytes).toBeLessThan(stored.bytes * 0.99);
  });

  it("changes with the sinks of a recording", async () => {
    const rec = new RecordingStream("cost", { strict: true });
    const [local, file] = [new SinkOfCost("free"), new SinkOfCost("stored")];
    await rec.setSink(local);
    logHelix(rec);
    await rec.setSink(file);
    logHelix(rec);
    await rec.close();
    expect(compressedIn(local).compressions).toEqual(new Set(["none"]));
    expect(compressedIn(file).compressions).toEqual(new Set(["lz4"]));
  });
});

describe("the cost of a byte", () => {
  it.each([
    ["rerun+http://127.0.0.1:9876/proxy", "free"],
    ["rerun+http://localhost:9876/proxy", "free"],
    ["ws://[::1]:9876/ws", "free"],
    ["http://robot.localhost:80/", "free"],
    ["ws://127.0.0.1.example.com/ws", "sent"],
    ["rerun+http://localhost.example.com:9876/proxy", "sent"],
    ["rerun+http://robot.local:9876/proxy", "sent"],
    ["wss://example.com/localhost", "sent"],
  ] as const)("of a server at %s is %s", (url, cost) => {
    expect(costOfUrl(url)).toBe(cost);
  });

  it("is that of the dearest sink, and stored unless a sink says otherwise", () => {
    expect(
      [[], ["free"], ["free", undefined], ["sent", "stored"]].map((costs) => highestCost(costs as ByteCost[])),
    ).toEqual(["free", "free", "stored", "sent"]);
  });

  it("passes through sinks that wrap others", () => {
    const costOf = (sink: Sink): unknown => (sink as { byteCost?: ByteCost }).byteCost;
    const local = (): Sink => new GrpcWebSink("rerun+http://127.0.0.1:9876/proxy");
    const remote = (): Sink => new WebSocketSink("wss://example.com/ws");
    expect(costOf(filtered(local(), { contents: "/a" }))).toBe("free");
    expect(costOf(tee([local(), new MemorySink()]))).toBe("stored");
    expect(costOf(filtered(tee([local(), remote()]), { contents: "/a" }))).toBe("sent");
  });
});
