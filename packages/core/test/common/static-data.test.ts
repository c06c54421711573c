import { ComponentColumn, GrpcWebSink } from "@rerun-ts/core";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";
import { expect, it } from "vitest";

const NAME = "test.Numbers:values";

it("a restarted server receives the newest static data of an entity, also if it was sent as columns", async () => {
  const servers = [new FetchServer(), new FetchServer()];
  let current = 0;
  let isDown = false;
  const fetch: typeof globalThis.fetch = async (...call) => {
    if (isDown) throw new TypeError("Failed to fetch");
    return (servers[current] as FetchServer).fetch(...call);
  };
  const { recording } = observeRecording({ batcher: { flushTickMs: 1e6 } });
  await recording.setSink(new GrpcWebSink({ fetch }));
  recording.log("fixed", numbers(1), { static: true });
  const field = {
    descriptor: { component: NAME, archetype: "test.Numbers", componentType: "test.Number" },
    type: TestNumber,
    label: NAME,
  };
  recording.sendColumns("fixed", [], [new ComponentColumn(field, [2])]);
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
