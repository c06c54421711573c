import { RecordingStream } from "@rerun-ts/core";
import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { PlaceReader } from "../../src/source/place-reader.ts";
import { openSource } from "../../src/source/open-source.ts";
import type { ChunkColumn, ChunkData } from "../../src/store/chunk-data.ts";
import { SchemaCache } from "../../src/store/schema-cache.ts";
import { ChunkRejoiner } from "../../src/tools/chunk-rejoiner.ts";
import { JoinedId } from "../../src/tools/joined-id.ts";
import { toolMessages } from "../../src/tools/tool-messages.ts";

describe("ChunkRejoiner", () => {
  it("joins the chunks of an entry, unless the source has others now", async () => {
    const recording = new RecordingStream("optimize", { batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    for (let frame = 0; frame < 300; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", new Scalars(frame));
    }
    const source = memory.drainAsBytes();
    const ids: string[] = [];
    const places: { readonly offset: number; readonly length: number }[] = [];
    for await (const { chunk, place } of toolMessages(source, {})) {
      if (chunk?.entityPath !== "/a" || place === undefined) continue;
      ids.push(chunk.id);
      places.push(place);
    }
    const id = new JoinedId(ids[0] as string);
    for (const one of ids) id.add(one);
    const joins = {
      offsets: Float64Array.from(places, ({ offset }) => offset),
      lengths: Uint32Array.from(places, ({ length }) => length),
    };
    const entry = { id: String(id), source: 0, joins };
    const reader = new PlaceReader(await openSource(source), {});
    const rejoiner = new ChunkRejoiner(new SchemaCache());
    const joined = (await rejoiner.join([entry], reader)).get(entry) as ChunkData;
    expect(joined.id).toBe(entry.id);
    const frames = joined.layout.timelines.find(({ name }) => name === "frame") as ChunkColumn;
    expect(joined.times(frames)).toEqual(BigInt64Array.from({ length: 300 }, (_, frame) => BigInt(frame)));
    for (const array of [joins.offsets, joins.lengths]) array.copyWithin(0, 1, 2);
    await expect(rejoiner.join([entry], reader)).rejects.toThrow(
      "source 0 has changed since it was read for the first time",
    );
  });
});
