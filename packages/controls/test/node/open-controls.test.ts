import { button, folder, openControls, select, slider, text, type OpenControls } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";
import { afterEach, describe, expect, it, vi } from "vitest";
import { flattenControls } from "../../dist/declare/flatten.js";
import { ControlState } from "../../dist/program/control-state.js";
import { TestPanel } from "./test-panel.ts";

const DECLARED = {
  gain: slider({ min: 0, max: 2, step: 0.01, value: 0.5 }),
  stop: button(),
  danger: button({ confirm: true }),
  jog: button({ hold: true }),
  password: text({ secret: true }),
  log: folder("Logging", { level: select(["info", "debug"]) }),
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function start(options = {}): Promise<{ rec: rr.RecordingStream; ui: OpenControls<typeof DECLARED> }> {
  const rec = new rr.RecordingStream("arm");
  await rec.serveGrpc({ port: 0 });
  const ui = await openControls(rec, DECLARED, { page: false, ...options });
  ends.push(
    () => rec.close(),
    () => ui.close(),
  );
  return { rec, ui };
}

async function join(ui: OpenControls<typeof DECLARED>, name = "panel"): Promise<TestPanel> {
  const panel = await TestPanel.join(ui.relayUrl, ui.tokens[name] ?? "");
  ends.push(() => panel.close());
  return panel;
}

it("the state of a secret text has no value, so no offer has one", () => {
  const [password] = flattenControls({ password: text({ secret: true }) });
  if (password === undefined) throw new Error("no control");
  const state = new ControlState(password);
  state.keep(state.check("hunter2"));
  expect(state.value).toBeUndefined();
});

describe("controls", () => {
  it("pass values to typed handlers, and tell what became of them", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    expect(panel.values).toEqual({ gain: 0.5, "log/level": "info" });
    const gains: number[] = [];
    ui.on("gain", (gain, { by }) => {
      gains.push(gain);
      expect(by).toBe("panel");
    });
    expect(await panel.outcome(panel.set("gain", 0.7))).toMatchObject({ outcome: "done" });
    expect(gains).toEqual([0.7]);
    expect(ui.values.gain).toBe(0.7);
    expect(panel.values.gain).toBe(0.7);
    ui.set("log/level", "debug");
    await panel.until(() => panel.values["log/level"] === "debug");
    const late = await join(ui);
    expect(late.values).toEqual({ gain: 0.7, "log/level": "debug" });
  });

  it("refuse what does not fit the present declaration, whoever sent it", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    const handler = vi.fn();
    ui.on("gain", handler);
    ui.on("danger", handler);
    for (const value of [3, -1, 0.005, "1", null, [1], Number.NaN])
      expect((await panel.outcome(panel.set("gain", value))).outcome, String(value)).toBe("refused");
    expect(await panel.outcome(panel.set("nothing", 1))).toMatchObject({
      message: 'no control has the name "nothing"',
    });
    expect(await panel.outcome(panel.press("gain"))).toMatchObject({ outcome: "refused" });
    expect(await panel.outcome(panel.press("danger"))).toMatchObject({
      message: expect.stringContaining("must be confirmed by a person") as string,
    });
    ui.update("gain", { max: 1 });
    expect((await panel.outcome(panel.set("gain", 1.5))).outcome).toBe("refused");
    ui.update("gain", { disabled: true });
    expect(await panel.outcome(panel.set("gain", 0.1))).toMatchObject({ message: "the control is disabled" });
    expect(handler).not.toHaveBeenCalled();
    expect(() => ui.set("gain", 7)).toThrow(/`gain` must be a number from 0 to 1, got 7/);
  });

  it("refuse a press that the program does not handle, until a handler or a loop does", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    expect(await panel.outcome(panel.press("stop"))).toMatchObject({
      outcome: "refused",
      message: "the program handles no press of this button",
    });
    const loop = ui.changes();
    const next = loop.next();
    expect((await panel.outcome(panel.press("stop"))).outcome).toBe("done");
    expect((await next).value).toMatchObject({ name: "stop", phase: "press" });
    await loop.return();
    const off = ui.on("stop", () => {});
    expect((await panel.outcome(panel.press("stop"))).outcome).toBe("done");
    off();
    expect((await panel.outcome(panel.press("stop"))).outcome).toBe("refused");
  });

  it("tell that a press is received before its handler starts, and settled after it", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    let finish = (): void => {};
    ui.on("stop", () => new Promise<void>((resolve) => (finish = resolve)));
    const id = panel.press("stop");
    await panel.until(() => panel.answersTo(id).length > 0);
    expect(panel.answersTo(id).map(({ outcome }) => outcome)).toEqual(["received"]);
    expect(await panel.outcome(panel.press("stop"))).toMatchObject({
      outcome: "refused",
      message: "the handler of the last press has not settled",
    });
    finish();
    expect((await panel.outcome(id)).outcome).toBe("done");
    ui.on("stop", () => {
      throw new Error("the brake is hot");
    });
    const failing = panel.press("stop");
    await panel.until(() => panel.answersTo(failing).length > 0);
    finish();
    expect(await panel.outcome(failing)).toMatchObject({ outcome: "failed", message: "the brake is hot" });
  });

  it("go on beside a handler that hangs", async () => {
    const { ui } = await start({ timeoutMs: 50 });
    const panel = await join(ui);
    ui.on("stop", () => new Promise(() => {}));
    const stopped = panel.press("stop");
    expect((await panel.outcome(panel.set("gain", 0.9))).outcome).toBe("done");
    expect(await panel.outcome(stopped)).toMatchObject({ outcome: "timedOut", message: "no answer within 50 ms" });
    const again = panel.press("stop");
    expect((await panel.outcome(again)).outcome).toBe("timedOut");
  });

  it("release a held button when its panel is gone, or sends no beats", async () => {
    const { ui } = await start();
    const phases: string[] = [];
    ui.on("jog", ({ phase, by }) => void phases.push(`${phase} ${by}`));
    const silent = await join(ui);
    const other = await join(ui);
    await silent.outcome(silent.press("jog"));
    expect(await other.outcome(other.press("jog"))).toMatchObject({ message: "somebody holds the button" });
    expect(await other.outcome(other.press("jog", "release"))).toMatchObject({ outcome: "refused" });
    await vi.waitFor(() => expect(phases).toEqual(["press panel", "release program"]));
    await other.outcome(other.press("jog"));
    other.close();
    await vi.waitFor(
      () => expect(phases).toEqual(["press panel", "release program", "press panel", "release program"]),
      400,
    );
  });

  it("are never executed twice: an id counts once", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    const seen: unknown[] = [];
    ui.on("stop", ({ id }) => void seen.push(id));
    ui.on("gain", (gain) => void seen.push(gain));
    const press = { type: "press", program: panel.program, id: "same", name: "stop", phase: "press" };
    panel.raw(press);
    await panel.outcome("same");
    panel.raw(press);
    panel.set("gain", 1, "same");
    await panel.until(() => panel.answersTo("same").length === 4);
    expect(panel.answersTo("same").map(({ message }) => message)).toEqual([
      undefined,
      undefined,
      "the id was used before",
      "the id was used before",
    ]);
    expect(seen).toEqual(["same"]);
  });

  it("check a value again when its turn comes", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    const gains: number[] = [];
    let finish = (): void => {};
    ui.on("gain", (gain) => {
      gains.push(gain);
      return new Promise<void>((resolve) => (finish = resolve));
    });
    const first = panel.set("gain", 1);
    const second = panel.set("gain", 2);
    await panel.outcome(panel.set("log/level", "debug"));
    ui.update("gain", { max: 1.5 });
    finish();
    expect((await panel.outcome(first)).outcome).toBe("done");
    expect((await panel.outcome(second)).outcome).toBe("refused");
    const third = panel.set("gain", 0.5);
    const fourth = panel.set("gain", 0.6);
    await panel.outcome(panel.set("log/level", "info"));
    ui.update("gain", { disabled: true });
    finish();
    expect((await panel.outcome(third)).outcome).toBe("done");
    expect((await panel.outcome(fourth)).outcome).toBe("refused");
    expect(gains).toEqual([1, 0.5]);
  });

  it("move a value into a range or to an option that has changed, and tell panels", async () => {
    const { ui } = await start();
    const panel = await join(ui);
    const changes = ui.changes();
    const next = changes.next();
    ui.update("gain", { max: 0.25, hint: "slow", progress: 0.5 });
    expect((await next).value).toMatchObject({ name: "gain", value: 0.25, by: "program" });
    await panel.until(() => panel.values.gain === 0.25);
    const update = panel.messages.find((message) => message.type === "update");
    expect(update).toMatchObject({ controls: { gain: { max: 0.25, hint: "slow", progress: 0.5 } } });
    ui.update("gain", { progress: null });
    ui.update("log/level", { options: ["warn", "error"] });
    await panel.until(() => panel.values["log/level"] === "warn");
    const late = await join(ui);
    const gain = late.programs[0]?.controls.find(({ name }) => name === "gain");
    expect(gain).toMatchObject({ max: 0.25, progress: null });
    expect(() => ui.update("stop", { max: 1 })).toThrow(/a control of the kind button has no `max`/);
    expect(() => ui.update("gain", { min: 1 })).toThrow(/`min` must be at most `max`/);
    expect(() => ui.update("nothing" as "gain", {})).toThrow(/no control `nothing`; its controls are gain, stop,/);
    await ui.close();
    expect(await changes.next()).toMatchObject({ done: false });
    await changes.return();
  });

  it("answer a value that is sent again after a lost answer, and do not set it again", async () => {
    const { ui } = await start({ tokens: { panel: "0123456789abcdef", other: "fedcba9876543210" } });
    const gains: number[] = [];
    let settle: () => void = () => {};
    ui.on("gain", (gain) => {
      gains.push(gain);
      return gain === 1 ? undefined : new Promise<void>((resolve) => (settle = resolve));
    });
    const before = await join(ui);
    await before.outcome(before.set("gain", 1, "p-1"));
    before.set("gain", 1.5, "p-2");
    await before.until(() => before.values["gain"] === 1.5);
    before.close();
    const panel = await join(ui);
    ui.set("gain", 0.25);
    const resend = (by: TestPanel, id: string, value: number): void =>
      by.raw({ type: "set", program: by.program, id, name: "gain", value, resent: true });
    resend(panel, "p-1", 1);
    expect((await panel.outcome("p-1")).outcome).toBe("done");
    resend(panel, "p-2", 1.5);
    await panel.outcome(panel.set("log/level", "debug"));
    expect(panel.answersTo("p-2")).toEqual([]);
    settle();
    expect((await panel.outcome("p-2")).outcome).toBe("done");
    expect([gains, ui.values.gain]).toEqual([[1, 1.5], 0.25]);
    // The value of another token has the same id, and has never arrived.
    const other = await join(ui, "other");
    resend(other, "p-1", 1);
    expect((await other.outcome("p-1")).outcome).toBe("done");
    expect(gains).toEqual([1, 1.5, 1]);
  });

  it("release a held button, and tell of panels, when the connection to the relay is lost", async () => {
    const rec = new rr.RecordingStream("arm");
    const { port } = await rec.serveGrpc({ port: 0 });
    const proxy = await TcpProxy.start(port);
    const url = proxy.url.replace("rerun+http", "ws").replace("/proxy", "/ws");
    const ui = await openControls(rec, DECLARED, { page: false, url });
    ends.push(
      () => rec.close(),
      () => ui.close(),
    );
    const events: string[] = [];
    ui.on("jog", ({ phase, by }) => void events.push(`${phase} ${by}`));
    ui.panels.on("connect", ({ by }) => void events.push(`connect ${by}`));
    ui.panels.on("disconnect", ({ by }) => void events.push(`disconnect ${by}`));
    const panel = await TestPanel.join(`ws://127.0.0.1:${port}/ws`, ui.tokens.panel ?? "");
    ends.push(() => panel.close());
    await panel.outcome(panel.press("jog"));
    const isGone = panel.until(() => panel.programs.length === 0);
    proxy.cutAll();
    await isGone;
    await panel.until(() => panel.programs.length === 1);
    await vi.waitFor(() =>
      expect(events).toEqual(["connect panel", "press panel", "release program", "disconnect panel", "connect panel"]),
    );
    expect((await panel.outcome(panel.set("gain", 1))).outcome).toBe("done");
  });
});
