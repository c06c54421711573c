import { createHash } from "node:crypto";

import { GrpcSink, RecordingStream, Scalars, WebSocketSink, blueprint, serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { RelayReaderClient, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { describe, expect, it, onTestFinished } from "vitest";

const ACCESS: readonly serve.AccessGrant[] = [
  { token: "all", read: true, write: true },
  {
    sha256: createHash("sha256").update("seven").digest("hex"),
    read: true,
    write: true,
    recordings: ["page-7", "7*x"],
  },
  { token: "viewer", read: true, recordings: "page-8" },
];

async function startRelay(): Promise<{ url: string; port: number }> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, access: ACCESS });
  onTestFinished(() => server.close());
  return server;
}

/** Logs to a recording over WebSockets or gRPC. Returns the code of the error, if it is refused. */
async function log(url: string, token: string, recordingId: string, isGrpc = false): Promise<string> {
  const recording = new RecordingStream("access", { recordingId, onError() {}, onWarning() {} });
  const authorization = `Bearer ${token}`;
  const socketUrl = `${url.replace("rerun+http", "ws").replace("/proxy", "")}/ws`;
  await recording.setSink(
    isGrpc ? new GrpcSink(url, { headers: { authorization } }) : new WebSocketSink(socketUrl, { token }),
  );
  recording.log(recordingId, new Scalars(1));
  recording.sendBlueprint(new blueprint.Blueprint(new blueprint.TimeSeriesView({ origin: "rows" })));
  // A sink asks again while it is refused.
  const refused = new Promise<string>((resolve) => {
    recording.addEventListener("statechange", ({ error }) => {
      if (error !== undefined && error.code !== "CONNECTION") resolve(error.code);
    });
  });
  const accepted = recording.flush({ ack: true }).then(({ complete }) => (complete ? "accepted" : "not accepted"));
  const result = await Promise.race([refused, accepted]);
  await recording.close({ timeoutMs: 0 }).catch(() => {});
  return result;
}

function reader(url: string, token: string, method = "ReadMessages"): RelayReaderClient {
  const made = new RelayReaderClient(url, method, { authorization: `Bearer ${token}` });
  onTestFinished(() => made.stop());
  return made;
}

/** The entities of recordings that a reader receives, in the order of their names. */
function entitiesOf(client: RelayReaderClient): string[] {
  return readChunks(client.toRrd())
    .map(({ entityPath }) => entityPath)
    .filter((path) => /^[/](page|7)-/.test(path))
    .sort();
}

describe("a relay with the option `access`", () => {
  it("lets a token write to its recordings only, and read no others", async () => {
    const { url } = await startRelay();
    for (const isGrpc of [false, true]) {
      expect(await log(url, "all", "page-8", isGrpc)).toBe("accepted");
      expect(await log(url, "seven", "page-7", isGrpc)).toBe("accepted");
      expect(await log(url, "seven", "7-x", isGrpc)).toBe("accepted");
      for (const [token, recordingId] of [
        ["seven", "page-8"],
        ["seven", "page-77"],
        ["seven", "7-X"],
        ["viewer", "page-8"],
        ["none", "page-7"],
      ] as const)
        expect([token, recordingId, await log(url, token, recordingId, isGrpc)]).toEqual([token, recordingId, "AUTH"]);
    }
    for (const [token, entities] of [
      ["all", ["/7-x", "/7-x", "/page-7", "/page-7", "/page-8", "/page-8"]],
      ["seven", ["/7-x", "/7-x", "/page-7", "/page-7"]],
      ["viewer", ["/page-8", "/page-8"]],
    ] as const) {
      const client = reader(url, token);
      await expect.poll(() => entitiesOf(client)).toEqual(entities);
      expect(readChunks(client.toRrd()).some(({ entityPath }) => entityPath === "/viewport")).toBe(true);
    }
    expect((await reader(url, "none").ended).status).toBe(16);
    expect((await reader(url, "viewer", "ReadTables").ended).status).toBe(7);
    expect((await fetch(`${httpUrl(url)}/stats`)).status).toBe(401);
  });

  it.each([
    [{}, "`access` must be a list of { token, write, read, recordings }"],
    [[{ write: true }], "`access[0]` must have either `token`, ASCII characters without spaces, or `sha256`"],
    [[{ token: "canary", sha256: "0".repeat(64) }], "`access[0]` must have either `token`"],
    [[{ token: "canary" }, { token: "canary 2" }], "`access[1]` must have either `token`"],
    [
      [
        { token: "canary", read: true },
        { token: "canary", write: true },
      ],
      "`access[1]` has the token of `access[0]`",
    ],
    [[{ token: "canary", recordings: [""] }], "`access[0].recordings` must be a non-empty string or an array of them"],
    [[{ token: "canary", dataset: "d" }], "dataset"],
  ])("rejects %j without showing a token", async (access, message) => {
    const error = (await serve
      .serveGrpcRelay({ port: 0, access: access as serve.AccessGrant[] })
      .catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("canary");
  });
});
