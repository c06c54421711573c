import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { MemorySink, RecordingStream, Scalars, Points3D, type RerunError, serve } from "@rerun-ts/node";
import { Blueprint, TimeSeriesView } from "@rerun-ts/node/blueprint";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { findRerun } from "@rerun-ts/test-support/setup/rerun";
import { hasVulkan } from "@rerun-ts/test-support/setup/vulkan";
import { imageAtRest } from "@rerun-ts/test-support/viewers/image-at-rest";
import { startNativeViewer } from "@rerun-ts/test-support/viewers/native-viewer";
import type { RunningViewer } from "@rerun-ts/test-support/viewers/viewer-report";
import { EDGES, FRAMES, PLAY_STATES, TIME_TYPES, UPDATE_MODES } from "@rerun-ts/core/viewer-control";
import { TimeType } from "../../packages/core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import {
  BlueprintUpdateMode,
  GetTransformGraphRequest_EdgeFilter as EdgeFilter,
  GetTransformGraphRequest_FrameFilter as FrameFilter,
  PlayState,
} from "../../packages/core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import { Table, Utf8, tableToIPC, vectorFromArray } from "apache-arrow";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const rerun = await findRerun();
const missing = rerun === undefined ? "rerun-sdk is not there" : hasVulkan() ? undefined : "there is no Vulkan driver";
if (missing !== undefined && isCi) throw new Error(missing);

const FRAME_COUNT = 50;

describe.skipIf(missing !== undefined)("the control of the native viewer", () => {
  let folder: string;
  let file: string;
  let running: RunningViewer;
  let viewer: rr.viewer.ViewerControl;
  beforeAll(async () => {
    folder = makeTemporaryFolder().path;
    if (rerun === undefined) throw new Error(missing);
    file = join(folder, "control.rrd");
    const recording = new RecordingStream("control", { recordingId: "one" });
    await recording.save(file);
    for (let frame = 0; frame < FRAME_COUNT; frame++) {
      recording.setTime("frame", frame);
      recording.log("curve", new Scalars(Math.sin(frame / 5)));
      recording.log("world/points", new Points3D([[frame, 0, 1]]));
    }
    await recording.close();
    running = await startNativeViewer(rerun);
    viewer = await rr.viewer.connectViewer(running.url);
    await viewer.open(file);
  });
  afterAll(async () => {
    await running?.close();
    await removeTemporaryFolder(folder);
  });

  it("shows a table, in place of one of the same name", async () => {
    const table = (column: string): Uint8Array =>
      tableToIPC(new Table({ [column]: vectorFromArray(["left", "right"], new Utf8()) }), "stream");
    const columns = async (): Promise<unknown> => viewer.tableSchema().catch(({ code }: RerunError) => code);
    for (const name of ["side", "hand"]) {
      await viewer.sendTable("sides", table(name));
      await expect.poll(columns).toEqual([expect.objectContaining({ name, datatype: "Utf8" })]);
    }
    expect(await viewer.location()).toBe("about:table?id=sides");
    await expect(viewer.sendTable("sides", Uint8Array.of(1))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await viewer.open(file);
  });

  it("gives the answers of Rerun's own client", async () => {
    await viewer.setTime({ timeline: "frame", at: 7, play: false });
    const python = await run(rerun?.python ?? "", [join(import.meta.dirname, "control.py"), running.url], {
      capture: true,
    });
    const theirs = JSON.parse(python.output.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    const [state, schema, blueprint] = [await viewer.state(), await viewer.schema(), await viewer.blueprint()];
    expect(
      inPython({
        ...state,
        recordings: state.recordings.map(({ playState: _playState, timeline, time, ...one }) => ({
          ...one,
          currentTimeline: timeline,
          currentTime: time,
        })),
        servers: undefined,
      }),
    ).toMatchObject(withoutNull(theirs["state"]) as object);
    expect(inPython(schema)).toMatchObject(
      withoutNull({ ...(theirs["schema"] as object), store_id: undefined }) as object,
    );
    const large: bigint[] = [];
    const layout: unknown = JSON.parse(
      JSON.stringify(blueprint.blueprint, (_key, one: unknown) => {
        if (typeof one !== "bigint") return one;
        large.push(one);
        return Number(one);
      }),
    );
    expect(layout).toEqual((theirs["blueprint"] as { blueprint: unknown }).blueprint);
    // Hashes of 64 bits, which JSON.parse rounds.
    expect(large.length).toBeGreaterThan(0);
    for (const one of large) expect(python.output).toContain(String(one));
    expect(await viewer.location()).toBe(theirs["location"]);
    expect(inPython(await viewer.logs())).toEqual(withoutNull(theirs["logs"]));
    expect(inPython(await viewer.commands({ all: true }))).toEqual(withoutNull(theirs["commands"]));
    expect(await viewer.transformGraph()).toEqual(theirs["graph"]);
  });

  it("moves the time, and pauses, plays and follows", async () => {
    expect(await viewer.setTime({ timeline: "frame", at: 12, play: false })).toMatchObject({
      timeline: "frame",
      kind: "sequence",
      time: 12n,
    });
    const shown = async () => (await viewer.state()).recordings.find(({ location }) => location.includes("one"));
    await expect.poll(shown).toMatchObject({ timeline: "frame", time: 12n, playState: "paused" });
    await viewer.setTime({ play: true });
    await expect.poll(shown).toMatchObject({ playState: "playing" });
    await viewer.setTime({ play: "following" });
    await expect.poll(shown).toMatchObject({ playState: "following" });
    await expect(viewer.setTime({ timeline: "nope", at: 1 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/no timeline "nope"; available: \["frame", "log_time"\]/),
    });
  });

  it("takes pictures of the window and of one view", async () => {
    const { views } = await viewer.state();
    const whole = PNG.sync.read(Buffer.from(await viewer.screenshot({ maxSize: 300 })));
    expect(Math.max(whole.width, whole.height)).toBe(300);
    const view = PNG.sync.read(Buffer.from(await viewer.screenshot({ view: views[0]?.viewId })));
    expect(view.width).toBeGreaterThan(10);
  });

  it("changes a part of the layout", async () => {
    const json = { "/time_panel": { TimePanelBlueprint: { timeline: "log_time" } } };
    const before = await viewer.blueprint();
    await viewer.setBlueprint(json, { partial: true });
    const { blueprint } = await viewer.blueprint();
    expect(Object.keys(blueprint)).toEqual(expect.arrayContaining(Object.keys(before.blueprint)));
    expect(blueprint).toMatchObject(json);
  });

  it("opens the bytes of a recording, and shows a blueprint for it", async () => {
    const bytes = await readFile(file);
    const sink = new MemorySink();
    const recording = new RecordingStream("sent", { recordingId: "sent:bytes" });
    await recording.setSink(sink);
    recording.log("curve", new Scalars(1));
    await recording.flush();
    const { recordings } = await viewer.open([sink.toBytes(), new Blob([bytes])]);
    await recording.close();
    expect(recordings).toEqual(["Recording:sent:sent:bytes", "Recording:control:one"]);
    expect((await viewer.state()).activeRecording).toBe("Recording:control:one");
    const layout = new Blueprint(new TimeSeriesView({ name: "only a chart" }));
    await viewer.setBlueprint(layout, { recording: "Recording:sent:sent:bytes" });
    // The viewer goes to the recording whose layout has changed.
    expect(await viewer.state()).toMatchObject({ activeRecording: recordings[0], views: [{ name: "only a chart" }] });
    await expect(viewer.open(new Uint8Array(50))).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    await expect(viewer.setBlueprint(layout, { partial: true })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await viewer.close({ recordings });
    const [first] = (await viewer.state()).recordings;
    await viewer.setLocation(first?.location ?? "");
    await viewer.setBlueprint(layout);
    expect(await viewer.state()).toMatchObject({ activeRecording: first?.storeId, views: [{ name: "only a chart" }] });
  });

  it("runs commands of the palette, and names those that do not exist", async () => {
    expect(await viewer.run("recording.toggle_play_pause")).toMatchObject({ id: "recording.toggle_play_pause" });
    await expect(viewer.run("no.such")).rejects.toMatchObject({ code: "NOT_FOUND", message: /no\.such/ as unknown });
  });

  it("follows links to a moment and an entity of a file, and says what a link names that is not there", async () => {
    const shown = async () => {
      const { recordings, activeRecording } = await viewer.state();
      return recordings.find(({ storeId }) => storeId === activeRecording);
    };
    await viewer.close({ all: true });
    await viewer.open(rr.viewer.viewerUrl({ source: file, when: { timeline: "frame", at: 7 } }));
    expect(await shown()).toMatchObject({ timeline: "frame", time: 7n, playState: "paused" });
    await viewer.open(`http://127.0.0.1:1/?url=${encodeURIComponent(`file://${file}#recording=one&when=frame@9`)}`);
    expect(await shown()).toMatchObject({ timeline: "frame", time: 9n });
    // Selected entities have an outline.
    const moment = { source: file, when: { timeline: "frame", at: 7 } };
    await viewer.open(rr.viewer.viewerUrl(moment));
    const { png: plain } = await imageAtRest(() => viewer.screenshot());
    await viewer.open(rr.viewer.viewerUrl({ ...moment, selection: "/world/points" }));
    expect(await shown()).toMatchObject({ timeline: "frame", time: 7n, playState: "paused" });
    const { png: selected } = await imageAtRest(() => viewer.screenshot());
    expect(Buffer.compare(plain, selected)).not.toBe(0);

    const openLink = (link: string): Promise<unknown> => viewer.open(`${file}#${link}`, { timeoutMs: 10_000 });
    await expect(openLink("when=nope@1")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining(
        'timeline "nope" is not in the recording; its timelines are: "frame", "log_time"',
      ),
    });
    await expect(openLink("recording=nope")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(openLink("when=frame")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("reports times, timelines, plays, pauses and recordings while somebody listens", async () => {
    await viewer.close({ all: true });
    const events: [name: string, event: object][] = [];
    const names = ["time", "timeline", "play", "pause", "recordingopen"] as const;
    const stops = await Promise.all(
      names.map((name) => viewer.on(name, (event) => events.push([name, event]), { intervalMs: 20 })),
    );
    const reported = (name: string): object[] => events.filter(([of]) => of === name).map(([, event]) => event);
    const { recordings } = await viewer.open(file);
    const [recording] = recordings;
    await expect.poll(() => reported("recordingopen")).toEqual([{ recording }]);
    await viewer.setTime({ timeline: "frame", at: 3, play: false });
    await expect.poll(() => reported("time")).toContainEqual({ recording, timeline: "frame", time: 3n });
    await viewer.setTime({ play: true });
    await expect.poll(() => reported("play").length).toBeGreaterThan(0);
    await viewer.setTime({ timeline: "log_time", play: false });
    await expect.poll(() => reported("pause").length).toBeGreaterThan(0);
    await expect.poll(() => reported("timeline").at(-1)).toMatchObject({ timeline: "log_time" });
    for (const stop of stops) stop();
    const count = events.length;
    await viewer.setTime({ timeline: "frame", at: 1 });
    expect(events).toHaveLength(count);
    await expect(viewer.on("nope" as never, () => {})).rejects.toThrow("`name` must be one of time, timeline");
    await expect(viewer.logs({ after: "last" as never })).rejects.toMatchObject({ argument: "after" });
    await expect(viewer.setTime({ att: 1 } as never)).rejects.toMatchObject({ argument: "att" });
    await expect(viewer.on("selection" as never, () => {})).rejects.toMatchObject({ code: "UNSUPPORTED" });
    const message = expect.stringMatching(
      /has the version 0\.\d+\.\d+\S*, which has no call for the selection/,
    ) as string;
    await expect(viewer.selection()).rejects.toMatchObject({ code: "UNSUPPORTED", message });
    await expect(viewer.on("time", 5 as never)).rejects.toThrow("`listener` must be a function");
    await expect(viewer.on("time", () => {}, { intervalMs: 1 })).rejects.toThrow("`intervalMs` must be at least 20");
  });

  it("says why a file cannot be opened, and closes what it has opened", async () => {
    await expect(viewer.open(join(folder, "missing.rrd"))).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/cannot open .*missing\.rrd.*No such file/s),
    });
    await viewer.close({ all: true });
    expect((await viewer.state()).recordings).toEqual([]);
    const { recordings } = await viewer.open(file);
    expect(recordings).toHaveLength(1);
    await viewer.close({ recordings });
    expect((await viewer.state()).recordings).toEqual([]);
    await viewer.open(file);
  });
});

describe.skipIf(missing !== undefined)("the control of a viewer that fails", () => {
  it("names the failure in time, and works again when the viewer does", { timeout: 90_000 }, async () => {
    const port = await freePort();
    const start = (): ChildProcess => {
      const args = ["--headless", "--bind", "127.0.0.1", "--port", String(port), "--window-size", "400x300"];
      const child = spawn(rerun?.rerun ?? "", args, { stdio: "ignore" });
      onTestFinished(() => void child.kill("SIGKILL"));
      return child;
    };
    const patient = { timeoutMs: 60_000 };
    const viewer = await rr.viewer.connectViewer(urlOf(port));
    const first = start();
    await viewer.state(patient);
    first.kill("SIGSTOP");
    await expect(viewer.state({ timeoutMs: 300 })).rejects.toMatchObject({ code: "TIMEOUT" });
    first.kill("SIGCONT");
    await viewer.state(patient);

    // Also where other programs compute, a first attempt fails in this time.
    const limited = { timeoutMs: 3000 };
    const interrupted = viewer.screenshot(limited);
    first.kill("SIGKILL");
    await expect(interrupted).rejects.toMatchObject({ code: "CONNECTION" });
    await expect(viewer.run("recording.toggle_play_pause", limited)).rejects.toMatchObject({ code: "CONNECTION" });
    const waiting = viewer.state(patient);
    start();
    await expect(waiting).resolves.toMatchObject({ viewerVersion: "0.41.0" });
  });
});

describe("the control of a viewer", () => {
  it("has the numbers of the protocol, whose code it does not load", () => {
    const { PAUSED, PLAYING, FOLLOWING } = PlayState;
    expect(PLAY_STATES).toEqual({ paused: PAUSED, playing: PLAYING, following: FOLLOWING });
    const { SEQUENCE, DURATION_NS, TIMESTAMP_NS } = TimeType;
    expect(TIME_TYPES).toEqual({ sequence: SEQUENCE, duration: DURATION_NS, timestamp: TIMESTAMP_NS });
    expect(FRAMES).toEqual({ entity: FrameFilter.ENTITY_PATH, named: FrameFilter.NAMED, all: FrameFilter.ALL });
    expect(EDGES).toEqual({ static: EdgeFilter.STATIC, temporal: EdgeFilter.TEMPORAL, all: EdgeFilter.ALL });
    expect(UPDATE_MODES).toEqual({ full: BlueprintUpdateMode.FULL, partial: BlueprintUpdateMode.PARTIAL });
  });

  it("says that a relay has none", async () => {
    const relay = await serve.serveGrpcRelay({ port: 0 });
    const viewer = await rr.viewer.connectViewer(relay.url);
    await expect(viewer.state()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("there is a server without a viewer"),
    });
    await relay.close();
  });

  it("fails in time if there is nothing, and if it is aborted", async () => {
    const viewer = await rr.viewer.connectViewer(`rerun+http://127.0.0.1:${await freePort()}/proxy`);
    await expect(viewer.state({ timeoutMs: 300 })).rejects.toMatchObject({ code: "CONNECTION" });
    await expect(viewer.state({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("rejects unknown options and wrong arguments", async () => {
    const viewer = await rr.viewer.connectViewer();
    const calls: readonly (() => Promise<unknown>)[] = [
      () => viewer.state({ timeout: 3 } as never),
      () => viewer.setTime({}),
      () => viewer.setTime({ play: "fast" as never }),
      () => viewer.setTime({ at: 1.5 }),
      () => viewer.open([]),
      () => viewer.screenshot({ maxSize: 0 }),
      () => viewer.blueprint({ recording: "a", table: "b" }),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ name: "RerunError", code: "INVALID_ARGUMENT" });
  });
});

/** An answer with Python's names, numbers and without what is missing. */
function inPython(value: unknown): unknown {
  return withoutNull(
    JSON.parse(
      JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one)),
      (_key, one: unknown) =>
        typeof one === "object" && one !== null && !Array.isArray(one)
          ? Object.fromEntries(Object.entries(one).map(([name, inner]) => [snake(name), inner]))
          : one,
    ),
  );
}

const RENAMED: Readonly<Record<string, string>> = { kind: "time_type", recording: "store_id" };
function snake(name: string): string {
  return RENAMED[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function withoutNull(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, one: unknown) => (one === null ? undefined : one));
}
