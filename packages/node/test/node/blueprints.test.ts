import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlueprintLike } from "@rerun-ts/core";
import {
  RecordingStream,
  Scalars,
  blueprint as rrb,
  connectBlueprint,
  saveBlueprint,
  spawnBlueprint,
} from "@rerun-ts/node";
import { decodeRrd } from "@rerun-ts/core/decode";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { GrpcServer } from "@rerun-ts/test-support/node/grpc-server";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const view = new rrb.TextLogView({ name: "log" });
const invalid = new rrb.Horizontal([view], { columnShares: [1, 2] });

async function startServer(): Promise<GrpcServer> {
  const server = await GrpcServer.start();
  onTestFinished(() => server.stop());
  return server;
}

/** The kinds of messages, without repetitions, and the activation. */
function outline(rrd: Uint8Array): unknown {
  const messages = decodeRrd(rrd).filter((message) => message.kind !== "end");
  const kinds = messages.map(({ kind, storeId }) => `${storeId.kind} ${kind}`);
  const { makeActive, makeDefault, storeId } = messages.at(-1) as Extract<(typeof messages)[0], { kind: "activation" }>;
  return { kinds: [...new Set(kinds)], makeActive, makeDefault, applicationId: storeId.applicationId };
}

const WHOLE = { kinds: ["blueprint storeInfo", "blueprint chunk", "blueprint activation"], applicationId: "app" };

describe("saveBlueprint", () => {
  it("writes a complete file with nothing but the blueprint", async () => {
    const path = join(folder.path, "layout.rbl");
    await saveBlueprint(view, "app", path);
    expect(outline(await readFile(path))).toEqual({ ...WHOLE, makeActive: true, makeDefault: true });
  });

  it.for<[string, BlueprintLike, string, string]>([
    ["a folder that does not exist", view, "app", "the folder must exist"],
    [
      "an invalid blueprint",
      invalid,
      "app",
      "`Horizontal: columnShares` must be a list of 1, one share for each part, got a list of 2",
    ],
    ["an empty application id", view, "", "`applicationId` must be a non-empty string"],
    ["something else", {} as BlueprintLike, "app", "`blueprint` must be a blueprint, a view or a container"],
  ])("rejects %s", async ([, blueprint, applicationId, message]) => {
    await expect(saveBlueprint(blueprint, applicationId, join(folder.path, "none/layout.rbl"))).rejects.toThrow(
      message,
    );
  });
});

describe("connectBlueprint", () => {
  it("settles when the viewer has received the blueprint, and no recording", async () => {
    const server = await startServer();
    await connectBlueprint(view, "app", { url: server.url, makeActive: false });
    expect(outline(server.toRrd())).toEqual({ ...WHOLE, makeActive: false, makeDefault: true });
  });

  it("rejects with TIMEOUT if there is no viewer", async () => {
    const url = urlOf(await freePort());
    await expect(connectBlueprint(view, "app", { url, timeoutMs: 300 })).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("rejects with ABORTED when the signal fires", async () => {
    const url = urlOf(await freePort());
    const aborted = connectBlueprint(view, "app", { url, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("spawnBlueprint", () => {
  it("sends the blueprint to the viewer that listens on the port", async () => {
    const server = await startServer();
    expect(await spawnBlueprint(view, "app", { port: server.port })).toEqual({ port: server.port });
    expect(outline(server.toRrd())).toEqual({ ...WHOLE, makeActive: true, makeDefault: true });
  });
});

describe("a blueprint of a recording", () => {
  const layout = new rrb.Blueprint(view, { collapsePanels: true });
  /** The store infos, chunks and activations of blueprints, in order and without repetitions. */
  const kindsOf = (rrd: Uint8Array): string[] =>
    decodeRrd(rrd)
      .flatMap((message) => (message.kind !== "end" && message.storeId.kind === "blueprint" ? [message.kind] : []))
      .filter((kind, index, kinds) => kind !== kinds[index - 1]);
  const COMPLETE = ["storeInfo", "chunk", "activation"];

  function record(): RecordingStream {
    const recording = new RecordingStream("layouts", { onError: () => {}, onWarning: () => {} });
    onTestFinished(async () => {
      await recording.close({ timeoutMs: 100 }).catch(() => {});
    });
    return recording;
  }

  it.for([true, false])("is sent again to a server that has restarted (thread: %s)", async (thread) => {
    const first = await startServer();
    const { port } = first;
    const recording = record();
    await recording.connectGrpc(first.url, { thread, defaultBlueprint: layout, waitForConnection: true });
    recording.log("a", new Scalars(1));
    await recording.flush({ ack: true });
    expect(kindsOf(first.toRrd())).toEqual(COMPLETE);
    await first.stop();
    const second = await GrpcServer.start({}, port);
    onTestFinished(() => second.stop());
    recording.log("b", new Scalars(2));
    await recording.flush({ ack: true });
    expect(kindsOf(second.toRrd())).toEqual(COMPLETE);
  });

  it.for([true, false])("is sent to viewers that connect later (thread: %s)", async (thread) => {
    const recording = record();
    const server = await recording.serveGrpc({ port: 0, thread, defaultBlueprint: layout });
    recording.log("a", new Scalars(1));
    await recording.flush();
    const count = decodeRrd(layout.toRbl("layouts")).length;
    const late = new RelayReaderClient(server.url);
    onTestFinished(() => late.stop());
    // The blueprint without its end, the recording's info, its properties and the row.
    await late.until(count + 2);
    expect(kindsOf(late.toRrd())).toEqual(COMPLETE);
  });
});
