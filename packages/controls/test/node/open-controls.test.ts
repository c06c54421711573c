import { button, folder, openControls, select, slider, text, type OpenControls } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { afterEach, describe, expect, it, vi } from "vitest";
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
    expect(await panel.outcome(panel.set("nothing", 1))).toMatchObject({ message: 'there is no control "nothing"' });
    expect(await panel.outcome(panel.press("gain"))).toMatchObject({ outcome: "refused" });
    expect(await panel.outcome(panel.press("danger"))).toMatchObject({ message: "the press must be confirmed" });
    ui.update("gain", { max: 1 });
    expect((await panel.outcome(panel.set("gain", 1.5))).outcome).toBe("refused");
    ui.update("gain", { disabled: true });
    expect(await panel.outcome(panel.set("gain", 0.1))).toMatchObject({ message: "the control is disabled" });
    expect(handler).not.toHaveBeenCalled();
    expect(() => ui.set("gain", 7)).toThrow(/`gain` must be a number from 0 to 1, got 7/);
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
});
