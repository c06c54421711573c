import { RecordingStream as NodeRecording } from "@rerun-ts/node";
import { RecordingStream, Scalars } from "@rerun-ts/web";
import { readMessages } from "@rerun-ts/web/read";
import { expect, it } from "vitest";

it.for(["close", "flush"] as const)("`%s` waits for the code of a sink that nobody awaited", async (end) => {
  const relay = new NodeRecording("relay");
  const { url } = await relay.serveGrpc({ port: 0 });
  const recording = new RecordingStream("page", { recordingId: "one", sendProperties: false });
  void recording.connectGrpc(url);
  recording.log("a", new Scalars(1));
  expect(await recording[end]()).toMatchObject({ complete: true, droppedRows: 0 });
  const kinds: string[] = [];
  for await (const { kind, storeId } of readMessages(url)) {
    if (storeId.recordingId === "one") kinds.push(kind);
    if (kinds.length === 2) break;
  }
  expect(kinds).toEqual(["storeInfo", "chunk"]);
  await recording.close();
  await relay.close();
});
