import { createServer } from "node:net";
import { join } from "node:path";
import {
  EncodedImage,
  RecordingStream,
  Scalars,
  getGlobalRecording,
  init,
  setGlobalRecording,
  spawn,
  type RerunError,
  type types,
} from "@rerun-ts/node";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { FakeViewer, type FakeViewerBehaviour } from "@rerun-ts/test-support/node/fake-viewer";
import { GrpcServer } from "@rerun-ts/test-support/node/grpc-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
const ends: (() => unknown)[] = [];
let count = 0;
let port: number;

beforeEach(async () => {
  for (const name of ["CI", "RERUN", "RERUN_CLI_PATH"]) vi.stubEnv(name, undefined);
  vi.stubEnv("DISPLAY", ":0");
  port = await freePort();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  while (ends.length > 0) await ends.pop()?.();
});
afterAll(() => folder.remove());

/** A fake viewer in a separate folder. */
function fake(behaviour?: FakeViewerBehaviour, name = "rerun"): FakeViewer {
  const viewer = new FakeViewer(join(folder.path, String(count++), name), behaviour);
  ends.push(() => viewer.end());
  return viewer;
}

/** A recording with one row, and the problems that it reports. */
function record(): { recording: RecordingStream; warnings: string[]; errors: RerunError[] } {
  const warnings: string[] = [];
  const errors: RerunError[] = [];
  const recording = new RecordingStream("spawn", {
    onWarning: ({ message }) => warnings.push(message),
    onError: (error) => errors.push(error),
  });
  recording.log("row", new Scalars(1));
  return { recording, warnings, errors };
}

/** Starts a viewer without sending to it. */
async function start(options: types.SpawnOptions): Promise<{ info: types.SpawnInfo; warnings: string[] }> {
  const { recording, warnings } = record();
  return { info: await recording.spawn({ port, connect: false, ...options }), warnings };
}

function entitiesOf(rrd: Uint8Array): string[] {
  return readChunks(rrd).map(({ entityPath }) => entityPath);
}

describe("spawn", () => {
  it("starts the `rerun` in PATH with the arguments of the native SDKs", async () => {
    const [viewer, other] = [fake(), fake()];
    vi.stubEnv("PATH", [join(folder.path, "none"), viewer.path, other.path].map((path) => join(path, "..")).join(":"));
    const { info, warnings } = await start({});
    const [started] = viewer.starts();
    expect(started?.args).toEqual([
      `--port=${port}`,
      "--memory-limit=75%",
      "--server-memory-limit=1GiB",
      "--expect-data-soon",
    ]);
    expect(started?.env["RERUN_APP_ONLY"]).toBe("true");
    expect(info).toEqual({ port, pid: started?.pid });
    expect(warnings).toEqual([]);
  });

  it("passes the options on as arguments and environment variables", async () => {
    const viewer = fake();
    await start({
      executablePath: viewer.path,
      memoryLimit: "4GB",
      serverMemoryLimit: "10%",
      hideWelcomeScreen: true,
      headless: true,
      extraArgs: ["--bind", "127.0.0.1"],
      extraEnv: { SPAWN_TEST: "yes" },
    });
    expect(viewer.starts()).toMatchObject([
      {
        args: [
          `--port=${port}`,
          "--memory-limit=4GB",
          "--server-memory-limit=10%",
          "--expect-data-soon",
          "--hide-welcome-screen",
          "--headless",
          "--bind",
          "127.0.0.1",
        ],
        env: { SPAWN_TEST: "yes" },
      },
    ]);
  });

  it("prefers `executablePath` to `executableName`, that to RERUN_CLI_PATH, and that to `rerun` in PATH", async () => {
    const [inPath, byVariable, byPath] = [fake(), fake(), fake()];
    const named = fake({}, "my-rerun");
    vi.stubEnv("PATH", [inPath, named].map(({ path }) => join(path, "..")).join(":"));
    vi.stubEnv("RERUN_CLI_PATH", byVariable.path);
    const choices = [
      [{}, byVariable],
      [{ executableName: "my-rerun" }, named],
      [{ executableName: "my-rerun", executablePath: byPath.path }, byPath],
    ] as const;
    for (const [options, viewer] of choices) {
      await start({ ...options, port: await freePort() });
      expect(viewer.starts(), JSON.stringify(options)).toHaveLength(1);
    }
    expect(inPath.starts()).toEqual([]);
  });

  it("removes RERUN_CLI_PATH from the viewer's environment, since the Python launcher would start itself", async () => {
    const viewer = fake();
    vi.stubEnv("RERUN_CLI_PATH", viewer.path);
    await start({});
    expect(viewer.starts().map(({ env }) => env["RERUN_CLI_PATH"])).toEqual([undefined]);
  });

  it("sends to the program that listens on the port already, and starts nothing", async () => {
    const viewer = fake();
    const server = await GrpcServer.start();
    ends.push(() => server.stop());
    const { recording, warnings } = record();
    const info = await recording.spawn({ port: server.port, executablePath: viewer.path });
    expect(info).toEqual({ port: server.port });
    await recording.close();
    expect(entitiesOf(server.toRrd())).toContain("/row");
    expect(viewer.starts()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("sends all that was logged before, however much that is", async () => {
    const server = await GrpcServer.start();
    ends.push(() => server.stop());
    const recording = new RecordingStream("spawn", { compression: "none", onWarning: () => {} });
    const contents = new Uint8Array(1024 * 1024);
    for (let image = 0; image < 110; image++)
      recording.log("image", new EncodedImage({ contents, mediaType: "image/png" }));
    await recording.spawn({ port: server.port, executablePath: fake().path });
    expect(await recording.close({ timeoutMs: 20_000 })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(entitiesOf(server.toRrd()).filter((entity) => entity === "/image")).toHaveLength(110);
  });

  it("uses a free port with `new` if the port is in use", async () => {
    const viewer = fake();
    const server = createServer().listen(port, "127.0.0.1");
    ends.push(() => server.close());
    const { info } = await start({ new: true, executablePath: viewer.path });
    expect(info.port).not.toBe(port);
    expect(viewer.starts()[0]?.args[0]).toBe(`--port=${info.port}`);
  });

  it("keeps logged rows until the viewer listens, which `close` waits for", async () => {
    const viewer = fake({ mode: "never listens" });
    const { recording } = record();
    const spawning = recording.spawn({ port, executablePath: viewer.path });
    recording.log("meanwhile", new Scalars(2));
    const again = recording.spawn({ port, executablePath: viewer.path });
    const closing = recording.close();
    // A program takes more than the default of one second to start on a busy machine.
    await vi.waitFor(() => expect(viewer.starts()).toHaveLength(1), { timeout: 20_000 });
    const server = await GrpcServer.start({}, port);
    ends.push(() => server.stop());
    expect(await closing).toMatchObject({ complete: true, droppedRows: 0 });
    expect(entitiesOf(server.toRrd())).toEqual(expect.arrayContaining(["/row", "/meanwhile"]));
    expect(await again).toEqual(await spawning);
    expect(viewer.starts()).toHaveLength(1);
  });

  it.each([
    ["rerun-cli 0.40.2 (native_viewer) [rustc 1.98.1]", true],
    ["rerun-cli 0.41.0-alpha.1+dev (native_viewer)", true],
    ["rerun-cli 0.41.7 (native_viewer)", false],
    ["rerun-cli 0.41.0-rc.1 (native_viewer)", false],
    ["nonsense", false],
  ])(
    "warns about a viewer of another version, but not about a compatible or unknown one: %s",
    async (version, isReported) => {
      const { warnings } = await start({ executablePath: fake({ version }).path });
      const number = version.split(" ")[1] as string;
      expect(warnings).toEqual(
        isReported ? [expect.stringMatching(`version ${number.replace("+", "\\+")}.*0\\.41\\.0.*pip install`)] : [],
      );
    },
  );

  it("warns if the viewer does not listen in time, and continues", async () => {
    const viewer = fake({ mode: "never listens" });
    const { info, warnings } = await start({ executablePath: viewer.path, timeoutMs: 300 });
    // The program may need longer than that until it has noted its start.
    await expect.poll(() => viewer.starts()[0]?.pid, { timeout: 30_000 }).toBe(info.pid);
    expect(warnings).toEqual([expect.stringContaining(`did not listen on port ${port} within 300 ms`)]);
  });

  it("warns if the environment variable CI is set", async () => {
    vi.stubEnv("CI", "1");
    const { warnings } = await start({ executablePath: fake().path });
    expect(warnings).toEqual([expect.stringContaining("CI")]);
  });

  it.each([
    ["is not in PATH", {}, "NOT_FOUND", /no program `rerun` in PATH.*pip install rerun-sdk==0\.41\.0.*cargo install/],
    ["is not at the path", { executablePath: "/no/rerun" }, "NOT_FOUND", /\/no\/rerun.*`executablePath`.*pip install/],
    ["cannot be run", { executablePath: import.meta.filename }, "VIEWER_FAILED", /cannot run .*EACCES.*pip install/],
    ["exits at once", "ends", "VIEWER_FAILED", /exited with code 3/],
  ] as const)("rejects when the program %s, and keeps everything for the next sink", async (_, how, code, message) => {
    vi.stubEnv("PATH", join(folder.path, "none"));
    const { recording, errors } = record();
    const options = how === "ends" ? { executablePath: fake({ mode: "ends" }).path } : how;
    await expect(recording.spawn({ port, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(errors).toHaveLength(1);
    expect(recording.state).toBe("broken");
    recording.log("later", new Scalars(2));
    expect(entitiesOf(recording.memoryRecording().drainAsBytes())).toEqual(["/row", "/later"]);
  });

  it("rejects when its signal fires", async () => {
    const { recording } = record();
    const spawning = recording.spawn({
      port,
      executablePath: fake({ mode: "never listens" }).path,
      signal: AbortSignal.timeout(400),
    });
    await expect(spawning).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each([
    ["port", { port: 0 }, "an integer from 1 to 65535, got 0"],
    ["memoryLimit", { memoryLimit: "much" }, '"75%", got "much"'],
    ["serverMemoryLimit", { serverMemoryLimit: 5 }, "got 5"],
    ["headless", { headless: "no" }, 'a boolean, got "no"'],
    ["executablePath", { executablePath: "" }, 'the path of a program, got ""'],
    ["extraArgs", { extraArgs: "--bind" }, "an array of strings"],
    ["extraEnv", { extraEnv: { A: 1 } }, "an object whose values are strings"],
    ["extraEnv", { extraEnv: new Map([["A", "b"]]) }, "an object whose values are strings"],
    ["timeoutMs", { timeoutMs: -1 }, "got -1"],
    ["signal", { signal: {} }, "an AbortSignal"],
    ["options", 5, "an object, got 5"],
  ])("rejects a wrong value of `%s`", async (name, options, expected) => {
    const { recording } = record();
    await expect(recording.spawn(options as never)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(`\`${name}\` must be`),
      cause: expect.any(TypeError),
    });
    await expect(recording.spawn(options as never)).rejects.toThrow(expected);
    expect(recording.state).toBe("buffering");
  });

  it("does nothing for a disabled recording, and rejects for a closed one", async () => {
    const viewer = fake();
    const closed = record().recording;
    await closed.close();
    await expect(closed.spawn({ port, executablePath: viewer.path })).rejects.toMatchObject({ code: "CLOSED" });
    vi.stubEnv("RERUN", "off");
    const { recording, warnings } = record();
    expect(await recording.spawn({ port, executablePath: viewer.path })).toEqual({ port });
    expect(warnings).toEqual([expect.stringContaining("disabled")]);
    expect(viewer.starts()).toEqual([]);
  });

  it("works as a module function on the global recording, and as an option of `init`", async () => {
    const server = await GrpcServer.start();
    ends.push(
      () => server.stop(),
      () => setGlobalRecording(undefined),
    );
    vi.spyOn(console, "error").mockImplementationOnce(() => {});
    await expect(spawn()).rejects.toMatchObject({ code: "NO_RECORDING" });
    const recording = init("spawn", { spawn: { port: server.port } });
    recording.log("row", new Scalars(1));
    expect(await spawn({ port: server.port })).toEqual({ port: server.port });
    await recording.close();
    expect(entitiesOf(server.toRrd())).toContain("/row");
    expect(() => init("spawn", { spawn: "yes" as never })).toThrow(/`spawn` must be true, false or/);
    expect(() => init("spawn", { spawn: { port: -1 } })).toThrow(TypeError);
    expect(getGlobalRecording()).toBe(recording);
  });
});
