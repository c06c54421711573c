import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import {
  button,
  checkbox,
  folder as group,
  openControls,
  select,
  slider,
  text,
  vector3,
  type OpenControls,
} from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { compileExample, runExample } from "@rerun-ts/test-support/examples/run-example";
import { expect, onTestFinished } from "vitest";
import { Program } from "./harness/program.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const DECLARED = {
  gain: slider({ min: 0, max: 2, value: 0.5 }),
  pose: vector3(),
  lamp: checkbox(),
  name: text(),
  stop: button(),
  danger: button({ confirm: true }),
  jog: button({ hold: true }),
  pin: text({ secret: true }),
  offset: slider({ min: -2, max: 2 }),
  log: group("Logging", { level: select(["info", "debug"]) }),
};

async function start(): Promise<{ ui: OpenControls<typeof DECLARED>; http: string; token: string }> {
  const rec = new rr.RecordingStream("arm", { recordingId: "one" });
  await rec.serveGrpc({ port: 0 });
  const ui = await openControls(rec, DECLARED, { page: false });
  onTestFinished(async () => {
    await ui.close();
    await rec.close();
  });
  return { ui, http: ui.relayUrl.replace("ws:", "http:").replace("/ws", ""), token: ui.tokens.panel ?? "" };
}

it("rerun-ts controls lists, gets, sets and presses, with the exit status of what became of it", async () => {
  const { ui, http, token } = await start();
  const seen: unknown[] = [];
  ui.on("pose", (pose) => void seen.push(pose));
  ui.on("stop", ({ by }) => void seen.push(by));
  ui.on("danger", () => {
    throw new Error("too hot");
  });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runWarmCli(["controls", ...args]);
    return { code, stdout: String(stdout), stderr };
  };
  const page = `http://127.0.0.1:1/controls/?relay=${encodeURIComponent(ui.relayUrl)}#control=${token}`;
  expect(await run("ls", page)).toMatchObject({
    code: 0,
    stdout: [
      "arm/one",
      "  gain       slider 0…2  0.5",
      "  pose       vector3  [0,0,0]",
      "  lamp       checkbox  false",
      '  name       text  ""',
      "  stop       button",
      "  danger     button",
      "  jog        button",
      "  pin        text",
      "  offset     slider -2…2  0",
      "  log        folder",
      '  log/level  select info|debug  "info"',
      "",
    ].join("\n"),
  });
  expect(await run("set", page, "gain", "0.7")).toMatchObject({ code: 0, stdout: "", stderr: "" });
  expect(await run("get", http, "gain", "--token", token)).toMatchObject({ code: 0, stdout: "0.7\n" });
  expect(await run("set", page, "pose", "-1,2,-.3")).toMatchObject({ code: 0 });
  expect(await run("set", page, "offset", "-1.5")).toMatchObject({ code: 0 });
  expect(await run("set", page, "lamp", "true")).toMatchObject({ code: 0 });
  expect(await run("set", page, "name", "1.5")).toMatchObject({ code: 0 });
  expect(await run("press", page, "stop")).toMatchObject({ code: 0 });
  expect(seen).toEqual([[-1, 2, -0.3], "panel"]);
  expect(ui.values).toEqual({
    gain: 0.7,
    pose: [-1, 2, -0.3],
    lamp: true,
    name: "1.5",
    offset: -1.5,
    "log/level": "info",
  });

  const failing: [string[], number, RegExp][] = [
    [["set", page, "gain", "7"], 1, /gain: refused: `gain` must be a number from 0 to 2, got 7/],
    [["set", page, "gain", "much"], 2, /gain must be a number, got much/],
    [["set", page, "gian", "1"], 1, /no control `gian` \(did you mean `gain`\?\)/],
    [["set", page, "stop", "1"], 2, /stop is a button/],
    [["press", page, "danger"], 2, /a press of danger must be confirmed: use `--confirm`/],
    [["press", page, "jog"], 2, /jog is held while it is pressed: use a panel/],
    [["get", page, "pin"], 1, /pin has no value: its kind is secret text/],
    [["get", page, "level"], 1, /no control `level` \(did you mean `log\/level`\?\)/],
    [["watch", page, "gian"], 1, /no control `gian` \(did you mean `gain`\?\)/],
    [["set", page, "offset", "-7"], 1, /offset: refused: `offset` must be a number from -2 to 2, got -7/],
    [["set", page, "offset", "-much"], 2, /unknown option `-m`/],
    [["press", page, "danger", "--confirm"], 1, /danger: failed: too hot/],
    [["press", page, "gain"], 2, /gain is not a button/],
    [["ls", http], 2, /a token for control is missing/],
    [["ls", http, "--token", "wrong-wrong-wrong-wrong"], 1, /is missing or wrong/],
    [["ls", "http://127.0.0.1:1", "--token", token], 1, /cannot reach http:\/\/127.0.0.1:1/],
    [["ls", page, "--recording", "two"], 1, /no program offers controls for the recording "two"/],
  ];
  for (const [args, code, message] of failing) {
    const result = await run(...args);
    expect(result, args.join(" ")).toMatchObject({ code });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain(token);
  }
});

it("rerun-ts controls says that several programs have the same recording", async () => {
  const { ui, http, token } = await start();
  const rec = new rr.RecordingStream("arm", { recordingId: "one" });
  const other = await openControls(rec, DECLARED, { page: false, url: ui.relayUrl, tokens: ui.tokens });
  onTestFinished(() => other.close());
  for (const more of [[], ["--recording", "one"]]) {
    const { code, stderr } = await runWarmCli(["controls", "get", http, "gain", "--token", token, ...more]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("recording one: use a panel, or give each program its own") as string,
    });
  }
});

it("rerun-ts controls watch prints each value until it is interrupted, or the program ends", async () => {
  const { ui, http, token } = await start();
  const program = await RelayProgram.start(["controls", "watch", http, "gain", "--token", token], /^gain 0.5$/m);
  ui.set("lamp", true);
  ui.set("gain", 1);
  await expect.poll(() => program.lines).toContain("gain 1");
  expect(program.lines).toEqual(["gain 0.5", "gain 1"]);
  expect(await program.interrupt()).toMatchObject({ code: 0, stderr: "" });
});

it("the example of a PID loop has the gains beside the error, in one recording", async ({ folder, rerun }) => {
  const file = join(folder, "pid.rrd");
  const { code, output } = await runExample("pid", ["--save", file, "--exit"], { capture: true });
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^Controls at ws:\/\/127\.0\.0\.1:\d+\/ws, token [0-9a-f]{64}\n$/),
  });
  const recording = (await openRrd(file)).recording();
  const table = await recording.query({ index: "log_time", contents: ["/controls/p", "/error"] }).toTable();
  expect(table.schema.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["/controls/p:Scalars:scalars", "/error:Scalars:scalars"]),
  );
  expect(table.numRows).toBeGreaterThanOrEqual(50);
  await rerun.verify(file);
});

it("the example of a training learns at a rate that is set meanwhile, and ends when its button is pressed", async ({
  folder,
  rerun,
}) => {
  const file = join(folder, "training.rrd");
  const main = await compileExample("training");
  const program = new Program(process.execPath, [main, "--save", file, "--exit", "--epochs", "1000000"]);
  const [line] = (await once(createInterface({ input: program.process.stdout as Readable }), "line")) as [string];
  const [, url = "", token = ""] = /^Controls at (\S+), token (\S+)$/.exec(line) ?? [];
  const run = (...args: string[]) => runWarmCli(["controls", ...args, "--token", token]);
  expect(await run("set", url, "learningRate", "0.5")).toMatchObject({ code: 0 });
  expect(await run("press", url, "stop")).toMatchObject({ code: 2 });
  expect(await run("press", url, "stop", "--confirm")).toMatchObject({ code: 0 });
  expect(await program.ended).toMatchObject({ code: 0 });
  const recording = (await openRrd(file)).recording();
  const query = recording.query({ index: "epoch", contents: ["/controls/learningRate", "/loss"] });
  const rows = [...plainRows(await query.toTable())];
  const numbersOf = (column: string): number[] => rows.flatMap((row) => (row[column] ?? []) as number[]);
  expect(numbersOf("/controls/learningRate:Scalars:scalars")).toEqual([0.5]);
  const losses = numbersOf("/loss:Scalars:scalars");
  expect(Math.min(...losses)).toBeLessThan(losses[0] ?? 0);
  await rerun.verify(file);
});
