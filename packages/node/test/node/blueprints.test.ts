import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { blueprint as rrb, connectBlueprint, saveBlueprint, spawnBlueprint, type BlueprintLike } from "@rerun-ts/node";
import { decodeRrd } from "@rerun-ts/core/decode";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { GrpcServer } from "@rerun-ts/test-support/node/grpc-server";
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
