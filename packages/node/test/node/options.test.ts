import { join } from "node:path";
import { inspect } from "node:util";
import { RecordingStream, TimeColumn, ViewCoordinates } from "@rerun-ts/node";
import { expect, it, onTestFinished } from "vitest";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const PROXY = "rerun+http://127.0.0.1:1/proxy";
const SINK = "maxQueueBytes, onFull, maxRetainedBytes, headers, tls, blockTimeoutMs, thread";
const CONNECT = "defaultBlueprint, waitForConnection, timeoutMs, signal";

/** Options with slips. */
const WAIT = { waitForConection: true } as object;
const BLUEPRINT = { default_blueprint: [] } as object;

it.each<[call: string, run: (recording: RecordingStream, file: string) => unknown, slip: string, known: string]>([
  [
    "save",
    (rec, file) => rec.save(file, BLUEPRINT),
    "default_blueprint",
    "writeFooter, maxFooterBytes, fsync, optimizeOnClose, defaultBlueprint",
  ],
  ["connectGrpc", (rec) => rec.connectGrpc(PROXY, WAIT), "waitForConection", `${SINK}, ${CONNECT}`],
  [
    "connectWebSocket",
    (rec) => rec.connectWebSocket("ws://127.0.0.1:1/ws", WAIT),
    "waitForConection",
    `${SINK}, token, ${CONNECT}`,
  ],
  [
    "serveGrpc",
    (rec) => rec.serveGrpc({ port: 0, ...BLUEPRINT }),
    "default_blueprint",
    "port, bindIp, serverMemoryLimit, newestFirst, corsAllowOrigin, allowHosts, writeToken, readToken, access, tls, unref, maxReaderBytes, thread, defaultBlueprint",
  ],
])("an unknown option of `%s` is rejected with all that the call has", async (call, run, slip, known) => {
  const folder = makeTemporaryFolder();
  const recording = new RecordingStream("options", { onError: () => {} });
  onTestFinished(async () => {
    await recording.close({ timeoutMs: 0 }).catch(() => {});
    await folder.remove();
  });
  const meant = slip === "waitForConection" ? "waitForConnection" : "defaultBlueprint";
  await expect(run(recording, join(folder.path, "a.rrd"))).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    argument: slip,
    message: `\`${slip}\` (did you mean \`${meant}\`?) is not an option of \`${call}\`; known options: ${known}`,
  });
  expect(recording.state).toBe("buffering");
});

it("the URL of a connection is no option", async () => {
  const recording = new RecordingStream("options", { onError: () => {} });
  onTestFinished(async () => void (await recording.close()));
  await expect(recording.connectGrpc(PROXY, { url: PROXY } as object)).rejects.toThrow("`url` is not an option of ");
  await expect(recording.connectGrpc({ url: PROXY } as never)).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringMatching(/^`url` must be .*, got an object with url$/),
  });
});

it.each<[argument: string, run: (recording: RecordingStream) => Promise<unknown>]>([
  ["url", (rec) => rec.connectGrpc("ftp://example.com/")],
  ["url", (rec) => rec.connectWebSocket("ws://example.com/?a=b")],
  ["headers", (rec) => rec.connectGrpc(PROXY, { headers: { a: 1 } as never })],
  ["thread", (rec) => rec.connectGrpc(PROXY, { thread: true, headers: () => ({}) })],
  ["port", (rec) => rec.serveGrpc({ port: -1 })],
  ["serverMemoryLimit", (rec) => rec.serveGrpc({ serverMemoryLimit: "a lot" })],
  ["writeToken", (rec) => rec.serveGrpc({ writeToken: "" })],
  ["path", (rec) => rec.save("")],
  ["folder", (rec) => rec.saveParts("s3://bucket/run")],
  ["timeoutMs", (rec) => rec.flush({ timeoutMs: -1 })],
])("the error about a wrong `%s` has its name as `argument`", async (argument, run) => {
  const recording = new RecordingStream("arguments", { onError: () => {} });
  onTestFinished(async () => void (await recording.close()));
  await expect(run(recording)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", argument });
});

it("errors of calls that return at once have `argument` too", () => {
  const thrown = catchError(() => TimeColumn.sequence("frame", [1, "2"] as never));
  expect(thrown).toBeInstanceOf(TypeError);
  expect(thrown).toMatchObject({ argument: "values" });
});

it("recordings and archetypes have the name of their class in messages and when they are printed", () => {
  expect(inspect(new RecordingStream("named", { enabled: false }))).toMatch(/^RecordingStream /);
  expect(inspect(ViewCoordinates.RDF)).toBe("ViewCoordinates { xyz: 'RDF' }");
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
