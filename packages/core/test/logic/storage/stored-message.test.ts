import { RecordingStream } from "@rerun-ts/core";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { expect, it } from "vitest";
import { toStoredMessage } from "../../../dist/storage/stored-message.js";

it("a stored message has its rows, and for the retained state what it replaces", async () => {
  const recording = new RecordingStream("stored", { sendProperties: false, logTime: false });
  const sink = new CollectingSink();
  await recording.setSink(sink);
  for (let f = 0; f < 3; f++) recording.log("a", numbers(f), { time: { f } });
  recording.log("a", numbers(1), { static: true });
  await recording.close();
  const stored = sink.messages.map(toStoredMessage);
  for (const [index, message] of stored.entries()) expect(message.payload).toBe(sink.messages[index]?.payload);
  const facts = stored.map(({ kind, rows, retentionKey }) => [kind, rows, retentionKey !== undefined]);
  expect(facts).toEqual(
    expect.arrayContaining([
      ["storeInfo", 0, true],
      ["chunk", 3, false],
      ["chunk", 1, true],
    ]),
  );
  expect(facts.length).toBe(3);
});
