import * as rrb from "@rerun-ts/blueprint";
import { MemorySink, RecordingStream, type BlueprintLike } from "@rerun-ts/core";
import { decodeRrd, type RrdMessage } from "@rerun-ts/core/decode";
import { readChunk } from "@rerun-ts/test-support/common/read-chunks";
import { Scalars, SeriesLines } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

/** A message that belongs to a store. */
type StoreMessage = Exclude<RrdMessage, { kind: "end" }>;

/** The messages of a stream, without its end. */
function decode(rrd: Uint8Array): readonly StoreMessage[] {
  return decodeRrd(rrd).filter((message) => message.kind !== "end");
}

/** The messages as `recording chunk` or `blueprint activation`, without the recording's own properties. */
function outline(messages: readonly StoreMessage[]): string[] {
  return messages
    .filter((message) => message.kind !== "chunk" || readChunk(message).entityPath !== "/__properties")
    .map(({ kind, storeId }) => `${storeId.kind} ${kind}`)
    .filter((line, index, lines) => line !== lines[index - 1]);
}

/** The paths of all chunks of blueprints, in order. */
function paths(messages: readonly StoreMessage[]): string[] {
  return messages.flatMap((message) =>
    message.kind === "chunk" && message.storeId.kind === "blueprint" ? [readChunk(message).entityPath] : [],
  );
}

/** A layout with everything that has an id. */
function layout(): rrb.Blueprint {
  const plot = new rrb.TimeSeriesView({ name: "plot", overrides: { "/a": new SeriesLines({ widths: 2 }) } });
  return new rrb.Blueprint(new rrb.Horizontal([plot, new rrb.TextLogView()]), new rrb.TextDocumentView());
}

describe("a default blueprint", () => {
  it("is sent to a sink before the recording, and is not made active", async () => {
    const recording = new RecordingStream("app", { recordingId: "run" });
    recording.log("height", new Scalars(1));
    const sink = new MemorySink();
    await recording.setSink(sink, { defaultBlueprint: layout() });
    await recording.flush();
    const messages = decode(sink.drainAsBytes());
    expect(outline(messages)).toEqual([
      "blueprint storeInfo",
      "blueprint chunk",
      "blueprint activation",
      "recording storeInfo",
      "recording chunk",
    ]);
    const activation = messages.find(({ kind }) => kind === "activation");
    expect(activation).toMatchObject({ makeActive: false, makeDefault: true });
    expect(activation?.storeId).toMatchObject({ applicationId: "app", recordingId: expect.stringMatching(/^rec_/) });
  });
});

describe("`sendBlueprint`", () => {
  const send = (blueprint: BlueprintLike, times = 1, application = "app"): readonly StoreMessage[] => {
    const recording = new RecordingStream(application);
    const memory = recording.memoryRecording();
    for (let time = 0; time < times; time++) recording.sendBlueprint(blueprint, { makeDefault: false });
    return decode(memory.drainAsBytes());
  };

  it("ends the blueprint with its activation", () => {
    const messages = send(layout());
    expect(outline(messages).slice(-3)).toEqual(["blueprint storeInfo", "blueprint chunk", "blueprint activation"]);
    expect(messages.at(-1)).toMatchObject({ makeActive: true, makeDefault: false });
  });

  it.for([
    ["a blueprint", layout()],
    ["a view", new rrb.TextLogView({ overrides: { "/a": [new SeriesLines(), new SeriesLines()] } })],
    ["a container", new rrb.Vertical([new rrb.TextLogView()])],
  ] as const)("writes %s with the same ids each time", ([, blueprint]) => {
    const messages = send(blueprint, 2);
    const stores = messages.filter(({ storeId }) => storeId.kind === "blueprint").map(({ storeId }) => storeId);
    const all = paths(messages);
    expect(new Set(stores.map(({ recordingId }) => recordingId)).size).toBe(1);
    expect(all.slice(all.length / 2)).toEqual(all.slice(0, all.length / 2));
  });

  it("sends one blueprint to recordings of several applications", () => {
    const blueprint = layout();
    const [first, second] = [send(blueprint, 1, "a"), send(blueprint, 1, "b")];
    expect(paths(second)).toEqual(paths(first));
    expect(second.at(-1)?.storeId.applicationId).toBe("b");
  });

  it("sends values as they are when it is called", () => {
    const widths = [1];
    const view = new rrb.TimeSeriesView({ defaults: new SeriesLines({ widths }) });
    const widthsIn = (messages: readonly StoreMessage[]): unknown[] =>
      messages.flatMap((message) =>
        message.kind === "chunk" ? (readChunk(message).components["SeriesLines:widths"] ?? []) : [],
      );
    expect(widthsIn(send(view))).toEqual([[1]]);
    widths[0] = 7;
    expect(widthsIn(send(view))).toEqual([[7]]);
  });

  it("writes null as an empty list, which clears, and nothing for what is not given", () => {
    const messages = send(new rrb.Spatial3DView({ name: null, background: null, visible: undefined }));
    const chunks = messages.filter((message) => message.kind === "chunk").map(readChunk);
    const components = Object.assign({}, ...chunks.map((chunk) => chunk.components)) as Record<string, unknown>;
    expect(components).toMatchObject({
      "ViewBlueprint:display_name": [[]],
      "Background:kind": [[]],
      "Background:color": [[]],
    });
    expect(components).not.toHaveProperty("ViewBlueprint:visible");
  });
});
