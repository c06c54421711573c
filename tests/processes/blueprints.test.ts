import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream, Scalars, blueprint as rrb, connectBlueprint, saveBlueprint } from "@rerun-ts/node";
import { readChunk } from "@rerun-ts/test-support/common/read-chunks";
import { describe, expect } from "vitest";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";

const layout = new rrb.Blueprint(
  new rrb.Horizontal([new rrb.TextLogView({ name: "log" }), new rrb.Spatial3DView({ background: "black" })]),
  { collapsePanels: true },
);

/** The blueprint in a file: its paths, and its activation. */
async function blueprintIn(file: string): Promise<unknown> {
  const messages = decodeRrd(await readFile(file)).filter((message) => message.kind !== "end");
  const own = messages.filter(({ storeId }) => storeId.kind === "blueprint");
  const paths = own.flatMap((message) => (message.kind === "chunk" ? [readChunk(message).entityPath] : []));
  const activation = own.find((message) => message.kind === "activation");
  return { paths: paths.sort(), makeActive: activation?.makeActive, makeDefault: activation?.makeDefault };
}

describe("the real server receives the whole blueprint", () => {
  it("with a recording", async ({ folder, rerun }) => {
    const server = await startRealServer(rerun.program);
    const [own, received] = [join(folder, "own.rrd"), join(folder, "received.rrd")];
    for (const connect of [true, false]) {
      const recording = new RecordingStream("layouts", { recordingId: "same" });
      if (connect) await recording.connectGrpc(server.url, { defaultBlueprint: layout });
      else await recording.save(own, { defaultBlueprint: layout });
      recording.log("row", new Scalars(1));
      expect(await recording.close()).toMatchObject({ complete: true });
    }
    await server.save(received);
    await rerun.verify(received);
    expect(await blueprintIn(received)).toEqual(await blueprintIn(own));
  });

  it("without one", async ({ folder, rerun }) => {
    const server = await startRealServer(rerun.program);
    const [own, received] = [join(folder, "own.rbl"), join(folder, "received.rrd")];
    await connectBlueprint(layout, "layouts", { url: server.url });
    await saveBlueprint(layout, "layouts", own);
    await rerun.verify(own);
    await server.save(received);
    expect(await blueprintIn(received)).toEqual(await blueprintIn(own));
  });
});
