import { button, checkbox, folder, openControls, replayControls, slider, text } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { onTestFinished, describe, expect, it } from "vitest";
import { flattenControls } from "../../dist/declare/flatten.js";
import { TestPanel } from "./test-panel.ts";

const flatten =
  (controls: unknown): (() => unknown) =>
  () =>
    flattenControls(controls as never);

async function open(options = {}): Promise<ReturnType<typeof openControls>> {
  const rec = new rr.RecordingStream("arm");
  const declared = { gain: slider({ min: 0, max: 2 }), stop: button(), log: folder("Logging", { all: checkbox() }) };
  const ui = await openControls(rec, declared, { page: false, ...options });
  onTestFinished(async () => {
    await ui.close();
    await rec.close();
  });
  return ui as never;
}

describe("a mistake in a declaration is an error that names", () => {
  it("the argument that is no object with controls", () => {
    expect(flatten([button()])).toThrow(/`controls` must be an object with controls by name, got an array/);
    expect(() => folder("x", [button()] as never)).toThrow(/`controls` must be an object with controls by name/);
  });

  it("the control that no function has declared, and what is wrong with a copy", () => {
    expect(flatten({ gain: 0.5 })).toThrow(/`gain` must be a declared control, such as slider.*, got 0.5/);
    expect(flatten({ gain: { kind: "knob" } })).toThrow(/`gain` must be a declared control/);
    expect(flatten({ gain: { kind: "toString" } })).toThrow(/`gain` must be a declared control/);
    const copy = { ...slider({ min: 0, max: 1 }), value: 7 };
    expect(flatten({ a: folder("A", { gain: copy }) })).toThrow(
      /the slider a\/gain is wrong: `value` must be a number from 0 to 1, got 7/,
    );
    expect(flattenControls({ gain: { kind: "slider", min: 1, max: 2 } as never })).toMatchObject([{ value: 1 }]);
    const kept = { ...folder("Logging", { pin: text({ secret: true }) }), hint: "h" };
    expect(flattenControls({ kept })).toMatchObject([
      { declaration: { name: "kept", kind: "folder", label: "Logging", hint: "h" } },
      { declaration: { name: "kept/pin", kind: "text", secret: true } },
    ]);
  });

  it.each(["a.b", "a/b", "größe", "my gain", "1", "", "viewer", "__proto__"])("the name %j", (name) => {
    const controls = Object.fromEntries([[name, button()]]);
    expect(flatten(controls)).toThrow(`the name ${JSON.stringify(name)} must be letters, digits`);
  });

  it("the key that is no code, or that presses two buttons", () => {
    for (const key of ["s", "S", "1", "space"])
      expect(() => button({ key })).toThrow(/`key` must be the `code` of a key, such as "Space" or "KeyS", got/);
    const twice = { stop: button({ key: "Space" }), log: folder("L", { jog: button({ key: "Space" }) }) };
    expect(flatten(twice)).toThrow("the `key` Space would press both stop and log/jog");
  });
});

describe("a mistake in a call is an error that says what to do, such as", () => {
  it("tokens without names, and TLS without a certificate", async () => {
    const rec = new rr.RecordingStream("arm");
    const failing: [object, RegExp][] = [
      [{ tokens: ["0123456789abcdef"] }, /`tokens` must be an object with 1 to 32 tokens by name, such as/],
      [{ tls: { cert: "x" } }, /`tls` must have a `key` and a `cert` in PEM format/],
      [{ tls: true }, /`tls` must have a `key` and a `cert`/],
      [{ url: "ws://127.0.0.1:1/ws", port: 80 }, /`port` is for a server of its own, and `url` names another/],
    ];
    for (const [options, message] of failing) await expect(openControls(rec, {}, options)).rejects.toThrow(message);
    await rec.close();
  });

  it("a warning about options that the relay of the recording makes useless", async () => {
    const rec = new rr.RecordingStream("arm");
    await rec.serveGrpc({ port: 0 });
    const warnings: string[] = [];
    const ui = await openControls(rec, {}, { page: false, port: 4567, onWarning: (warning) => warnings.push(warning) });
    await ui.close();
    await rec.close();
    expect(warnings).toEqual([
      "the relay of the recording has the controls, so `port` has no effect: set `bindIp` for a server",
    ]);
  });

  it("the control that is meant by a name", async () => {
    const ui = await open();
    expect(() => ui.on("gian", () => {})).toThrow(
      "the program has no control `gian` (did you mean `gain`?); its controls are gain, stop, log, log/all",
    );
    expect(() => ui.on("all", () => {})).toThrow("did you mean `log/all`?");
    expect(() => ui.on("log", () => {})).toThrow("`log` is a folder: name a control in it");
    expect(() => ui.update("gain", undefined as never)).toThrow("`change` must be an object, got undefined");
    expect(() => {
      (ui.values as Record<string, unknown>).gain = 1;
    }).toThrow('`values` can only be read: use set("gain", …)');
  });

  it("a warning about a handler of panels that throws", async () => {
    let onWarning: (warning: string) => void = () => {};
    const warned = new Promise<string>((resolve) => (onWarning = resolve));
    const ui = await open({ onWarning });
    ui.panels.on("connect", () => {
      throw new Error("no lamp");
    });
    const panel = await TestPanel.join(ui.relayUrl, ui.tokens.panel ?? "");
    onTestFinished(() => panel.close());
    expect(await warned).toBe('a handler of "connect" failed: no lamp');
  });

  it("a replay with closed controls, and a replayed press that nothing handles", async () => {
    const ui = await open();
    const change = { name: "stop", by: "ann", id: "1", phase: "press", at: 0n, outcome: "received" };
    const recording = { chunks: () => [] };
    const { replayTargetOf } = await import("../../dist/replay/replay-target.js");
    expect(await replayTargetOf(ui)?.act(change as never)).toMatchObject({
      outcome: "refused",
      message: "the program handles no press of this button",
    });
    await ui.close();
    await expect(replayControls(recording as never, ui)).rejects.toMatchObject({ code: "CLOSED" });
  });
});
