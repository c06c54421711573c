import { ControlsProvider, createControls, useControl, type UsedControl } from "@rerun-ts/react/controls";
import type { NumberControl } from "@rerun-ts/controls";
import type { OfferedProgram } from "@rerun-ts/controls/protocol";
import { StrictMode, act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeRelay } from "../../../controls/test/common/fake-relay.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const ARM: OfferedProgram = {
  program: "p1",
  application: "arm",
  recording: "r1",
  controls: [
    { name: "gain", kind: "slider", min: 0, max: 2 },
    { name: "stop", kind: "button", disabled: true },
  ],
  values: { gain: 0.5 },
};

/** Of a declaration, as a program has it. */
const declaredControls = createControls<{ gain: NumberControl }>();

let relay: FakeRelay;
let root: Root;
let gain: UsedControl<number> | undefined;
let stop: UsedControl<number> | undefined;

beforeEach(async () => {
  relay = new FakeRelay();
  relay.programs = [ARM];
  root = createRoot(document.createElement("div"));
  function Shown(): null {
    gain = declaredControls.useControl("gain");
    stop = useControl<number>("stop", { application: "arm" });
    return null;
  }
  const provider = createElement(ControlsProvider, { url: "ws://relay/ws", token: "t" }, createElement(Shown));
  await act(async () => root.render(createElement(StrictMode, null, provider)));
  await act(async () => {});
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

it("a component has the present value of a control, and renders again after a change", async () => {
  expect(gain).toMatchObject({ value: 0.5, isUsable: true });
  expect(stop).toMatchObject({ value: undefined, isUsable: false });
  await act(async () => relay.send({ type: "values", program: "p1", values: { gain: 1.5 } }));
  expect(gain?.value).toBe(1.5);
});

it("a component sets values and presses buttons, as one panel in strict mode too", async () => {
  expect(relay.connections).toBe(1);
  await act(async () => gain?.set(0.75));
  expect(gain).toMatchObject({ value: 0.75, note: { outcome: "sent" } });
  await act(async () => stop?.press(true));
  expect(relay.received).toMatchObject([
    { type: "set", program: "p1", name: "gain", value: 0.75 },
    { type: "press", name: "stop", phase: "press", confirmed: true },
  ]);
});

it("a component without its program has no value, and does nothing", async () => {
  await act(async () => relay.describe([]));
  expect(gain?.isUsable).toBe(false);
  await act(async () => gain?.set(1));
  expect(relay.received).toEqual([]);
});
