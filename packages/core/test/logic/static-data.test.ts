import { CallbackSink, ComponentColumn, GrpcWebSink, MemorySink, type BlueprintLike } from "@rerun-ts/core";
import { encodeRows } from "@rerun-ts/core/encode";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { CollectingSink, TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it } from "vitest";

const NAME = "test.Numbers:values";
const FIELD = {
  descriptor: { component: NAME, archetype: "test.Numbers", componentType: "test.Number" },
  type: TestNumber,
  label: NAME,
};

/** Keeps nothing of what it is sent. */
class ForgetfulSink extends CollectingSink {
  override send(): void {}
}

it("a restarted server receives the newest static data of an entity, also if it was sent as columns", async () => {
  const servers = [new FetchServer(), new FetchServer()];
  let current = 0;
  let isDown = false;
  const fetch: typeof globalThis.fetch = async (...call) => {
    if (isDown) throw new TypeError("Failed to fetch");
    return (servers[current] as FetchServer).fetch(...call);
  };
  const { recording } = observeRecording({ batcher: { flushTickMs: 1e6 } });
  await recording.setSink(new GrpcWebSink(undefined, { fetch }));
  recording.log("fixed", numbers(1), { static: true });
  recording.sendColumns("fixed", [], [new ComponentColumn(FIELD, [2])]);
  await recording.flush();
  const sent = readChunks((servers[0] as FetchServer).toRrd()).map(({ components }) => components[NAME]);
  expect(sent).toEqual([[[1]], [[2]]]);
  isDown = true;
  current = 1;
  recording.log("moving", numbers(3));
  void recording.flush().catch(() => {});
  setTimeout(() => (isDown = false), 50);
  await expect
    .poll(() => valuesOf((servers[1] as FetchServer).toRrd(), "/fixed", NAME), { timeout: 5000 })
    .toEqual([[2]]);
  await recording.close();
});

describe("a sink that is set later", () => {
  const blueprintOf = (id: string): BlueprintLike => ({
    encodeBlueprint: (applicationId) => {
      return encodeRows({ kind: "blueprint", applicationId, recordingId: id }, "blueprint", []);
    },
  });

  it.for(["beside another", "instead of another", "after disconnect"])(
    "is sent the store info, properties, blueprint and newest static data first: %s",
    async (when) => {
      const { recording } = observeRecording();
      const first = new CollectingSink();
      await recording.setSink(first);
      recording.sendBlueprint(blueprintOf("older"));
      recording.log("mesh", numbers(1), { static: true });
      recording.log("moving", numbers(2));
      recording.log("mesh", numbers(3), { static: true });
      recording.sendBlueprint(blueprintOf("newer"));
      recording.sendProperty("place", numbers(4));
      if (when === "after disconnect") {
        await recording.disconnect();
        recording.log("between", numbers(6));
      }
      const later = new MemorySink();
      await recording.setSinks(when === "beside another" ? [first, later] : [later]);
      recording.log("moving", numbers(5));
      const between = when === "after disconnect" ? { "/between": 1 } : {};
      expect(rowsOf(later.readMessages())).toEqual({
        "/__properties": 1,
        "/__properties/place": 1,
        "/mesh": 1,
        "/moving": 1,
        ...between,
      });
      expect(valuesOf(later.toBytes(), "/mesh", NAME)).toEqual([[3]]);
      const kinds = later.readMessages().map(({ kind, storeId }) => `${kind} ${storeId.kind}`);
      expect(kinds.slice(0, 2)).toEqual(["storeInfo recording", "storeInfo blueprint"]);
      const blueprints = later.readMessages().filter(({ storeId }) => storeId.kind === "blueprint");
      expect(new Set(blueprints.map(({ storeId }) => storeId.recordingId))).toEqual(new Set(["newer"]));
      // The chunks are the same for both, so that nothing is there twice if both data meet.
      const mesh = first.messages.findLast(({ manifest }) => manifest?.entityPath === "/mesh");
      expect(later.readMessages().find(({ manifest }) => manifest?.entityPath === "/mesh")?.chunkId).toEqual(
        mesh?.chunkId,
      );
    },
  );

  it("is sent nothing twice that the sink before it hands over", async () => {
    const { recording } = observeRecording();
    recording.log("mesh", numbers(1), { static: true });
    const memory = recording.memoryRecording();
    memory.drainAsBytes();
    recording.log("fixed", numbers(2), { static: true });
    const later = new CollectingSink();
    await recording.setSink(later);
    expect(rowsOf(later.messages)).toEqual({ "/__properties": 1, "/mesh": 1, "/fixed": 1 });
  });

  it("is sent the newest static data within `maxRetainedBytes`", async () => {
    const { recording } = observeRecording({ maxRetainedBytes: 3000 });
    await recording.setSinks([new CallbackSink(() => {})]);
    for (let entity = 0; entity < 20; entity++) recording.log(`fixed${entity}`, numbers(entity), { static: true });
    const later = new CollectingSink();
    await recording.setSink(later);
    const entities = Object.keys(rowsOf(later.messages));
    expect(entities.length).toBeLessThan(10);
    expect(entities).toContain("/fixed19");
    expect(entities).not.toContain("/fixed0");
    expect(() => observeRecording({ maxRetainedBytes: -1 })).toThrow(
      "`maxRetainedBytes` must be a non-negative number, got -1",
    );
  });
});

it("the newest static data is that of the last call after entities without rows were forgotten", async () => {
  const { recording } = observeRecording({ batcher: { flushTickMs: 1e9 }, compression: "none" });
  const memory = new MemorySink();
  await recording.setSink(new ForgetfulSink());
  recording.log("fixed", numbers(1), { static: true });
  // With more entities than 200,000 those without rows are forgotten.
  for (let entity = 0; entity <= 200_000; entity++) recording.log(`rows/${entity}`, numbers(1));
  await recording.flush();
  await recording.setSink(memory);
  recording.log("fixed", numbers(2), { static: true });
  recording.sendColumns("fixed", [], [new ComponentColumn(FIELD, [3])]);
  await recording.close();
  expect(valuesOf(memory.toBytes(), "/fixed", NAME).at(-1)).toEqual([3]);
});
