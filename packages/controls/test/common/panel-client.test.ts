import { PanelClient, type PanelProgram } from "@rerun-ts/controls/panel";
import type { OfferedProgram } from "@rerun-ts/controls/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeRelay } from "./fake-relay.ts";

const ARM: OfferedProgram = {
  program: "p1",
  application: "arm",
  recording: "r1",
  controls: [
    { name: "gain", kind: "slider", min: 0, max: 2, step: 0.01 },
    { name: "stop", kind: "button" },
    { name: "jog", kind: "button", hold: true },
    { name: "key", kind: "text", secret: true },
  ],
  values: { gain: 0.5 },
};

describe("a panel", () => {
  let relay: FakeRelay;
  let client: PanelClient;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    relay = new FakeRelay();
    relay.programs = [ARM];
    client = new PanelClient({ url: "ws://relay/ws", token: "secret" });
    await pass(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    client.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  async function pass(milliseconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds);
  }
  function arm(): PanelProgram {
    const found = client.state.programs.find(({ application }) => application === "arm");
    if (found === undefined) throw new Error("no program");
    return found;
  }
  function values(name = "gain"): unknown[] {
    return relay.received.flatMap((message) => (message.type === "set" && message.name === name ? message.value : []));
  }
  function presses(): string[] {
    return relay.received.flatMap((message) => (message.type === "press" ? `${message.name} ${message.phase}` : []));
  }
  function lastId(): string {
    const last = relay.received.at(-1);
    return last !== undefined && "id" in last ? last.id : "";
  }

  it("joins with its token as a subprotocol, and shows programs and their present values", () => {
    expect(relay.protocols).toEqual(["rerun-ts.controls.v1", "rerun-ts.token.c2VjcmV0"]);
    expect(client.state).toMatchObject({ connection: "connected", by: "tester" });
    expect(arm()).toMatchObject({ values: { gain: 0.5 }, isGone: false, control: "anyone" });
  });

  it("sends at most 60 values a second of a slider, and always the last one", async () => {
    for (let step = 1; step <= 1000; step++) {
      client.set("p1", "gain", step / 1000);
      await pass(1);
    }
    await pass(20);
    expect(values().length).toBeLessThanOrEqual(61);
    expect(values().length).toBeGreaterThan(50);
    expect(values().at(-1)).toBe(1);
    const ids = relay.received.map((message) => ("id" in message ? message.id : ""));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("does not delay the first value, and sends values of two sliders apart", () => {
    client.set("p1", "gain", 1);
    client.set("p1", "other", 2);
    expect(relay.received).toHaveLength(2);
  });

  it("keeps values back while the network is slow, and then sends the last one", async () => {
    relay.bufferedAmount = 1_000_000;
    for (const value of [0.1, 0.2, 0.3]) {
      client.set("p1", "gain", value);
      await pass(100);
    }
    expect(values()).toEqual([]);
    relay.bufferedAmount = 0;
    await pass(20);
    expect(values()).toEqual([0.3]);
  });

  it("shows a value before its answer, and that of the program after a refusal", async () => {
    client.set("p1", "gain", 1.5);
    relay.send({ type: "values", program: "p1", values: { gain: 1.1 } });
    expect(arm().pending).toEqual({ gain: 1.5 });
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "refused", message: "must be at most 1" });
    expect(arm()).toMatchObject({ pending: {}, values: { gain: 1.1 } });
    expect(arm().notes).toEqual({ gain: { outcome: "refused", message: "must be at most 1" } });
  });

  it("ignores the answer to a value that a newer one has replaced", async () => {
    client.set("p1", "gain", 1.5);
    const first = lastId();
    await pass(20);
    client.set("p1", "gain", 1.6);
    relay.send({ type: "answer", program: "p1", id: first, outcome: "replaced" });
    expect(arm().pending).toEqual({ gain: 1.6 });
    relay.send({ type: "values", program: "p1", values: { gain: 1.6 } });
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "done" });
    expect(arm()).toMatchObject({ pending: {}, values: { gain: 1.6 } });
  });

  it("shows the value that the handler of a value has set in its place", () => {
    client.set("p1", "gain", 1.5);
    relay.send({ type: "values", program: "p1", values: { gain: 1 } });
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "done" });
    expect(arm()).toMatchObject({ pending: {}, values: { gain: 1 } });
  });

  it("keeps no secret after its answer", () => {
    client.set("p1", "key", "abracadabra");
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "done" });
    expect(JSON.stringify(client.state)).not.toContain("abracadabra");
  });

  it("sends the last value again after a lost connection, but no press", async () => {
    client.set("p1", "gain", 1.2);
    client.press("p1", "stop");
    relay.cut();
    await pass(0);
    expect(client.state.connection).toBe("disconnected");
    expect(arm().notes["stop"]).toMatchObject({ outcome: "unknown" });
    client.set("p1", "gain", 1.3);
    await pass(1000);
    expect(client.state.connection).toBe("connected");
    expect(values()).toEqual([1.2, 1.3]);
    expect(presses()).toEqual(["stop press"]);
    expect(arm().notes["stop"]).toMatchObject({ outcome: "unknown" });
  });

  it("sends a value again that had no answer, and none that had one", async () => {
    client.set("p1", "gain", 1.2);
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "done" });
    relay.cut();
    await pass(1000);
    expect(values()).toEqual([1.2]);
    client.set("p1", "gain", 1.4);
    relay.cut();
    await pass(1000);
    expect(values()).toEqual([1.2, 1.4, 1.4]);
    expect(relay.received.filter((message) => message.type === "set" && message.resent === true)).toMatchObject([
      { id: lastId(), value: 1.4 },
    ]);
    relay.send({
      type: "answer",
      program: "p1",
      id: lastId(),
      outcome: "refused",
      message: "another panel has control",
    });
    // The relay does not know whether the program has received it before.
    expect(arm()).toMatchObject({ pending: {}, notes: { gain: { outcome: "unknown" } } });
  });

  it("forgets a value that could not be sent for 10 seconds: nothing moves later", async () => {
    relay.isAbsent = true;
    relay.cut();
    await pass(0);
    client.set("p1", "gain", 2);
    await pass(11_000);
    expect(arm()).toMatchObject({ pending: {}, notes: { gain: { outcome: "unsent" } } });
    relay.isAbsent = false;
    await pass(10_000);
    expect(client.state.connection).toBe("connected");
    expect(values()).toEqual([]);
  });

  it("forgets a value without an answer when the connection or the program is away for longer", async () => {
    client.set("p1", "gain", 2);
    relay.isAbsent = true;
    relay.cut();
    await pass(11_000);
    // The program may have received the value.
    expect(arm()).toMatchObject({ pending: {}, notes: { gain: { outcome: "unknown" } } });
    relay.isAbsent = false;
    await pass(10_000);
    client.set("p1", "gain", 1);
    relay.describe([]);
    await pass(11_000);
    relay.describe([ARM]);
    await pass(100);
    expect(client.state.connection).toBe("connected");
    expect(values()).toEqual([2, 1]);
  });

  it("connects again when its relay is silent for 15 seconds, and keeps one that gives signs of life", async () => {
    for (let second = 0; second < 60; second += 5) {
      relay.send({ type: "alive" });
      await pass(5000);
    }
    expect(relay.connections).toBe(1);
    await pass(12_000);
    expect(relay.connections).toBe(2);
    expect(client.state.connection).toBe("connected");
  });

  it("keeps its relay when the page was busy or frozen for a minute", async () => {
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
    await pass(500);
    relay.send({ type: "alive" });
    await pass(10_000);
    expect(relay.connections).toBe(1);
  });

  it("ends an attempt to connect that gets no answer, in time for the value that waits", async () => {
    relay.isUnreachable = true;
    relay.cut();
    await pass(200);
    client.set("p1", "gain", 1);
    relay.isUnreachable = false;
    await pass(4000);
    expect(values()).toEqual([1]);
  });

  it("refuses presses without a connection", async () => {
    relay.isAbsent = true;
    relay.cut();
    await pass(0);
    client.press("p1", "stop");
    client.hold("p1", "jog")();
    expect(arm().notes).toMatchObject({ stop: { outcome: "unsent" }, jog: { outcome: "unsent" } });
    relay.isAbsent = false;
    await pass(20_000);
    expect(presses()).toEqual([]);
  });

  it("connects again after pauses that grow up to 5 seconds", async () => {
    relay.isAbsent = true;
    relay.cut();
    await pass(60_000);
    const { connections } = relay;
    expect(connections).toBeGreaterThan(14);
    expect(connections).toBeLessThan(32);
    await pass(5100);
    expect(relay.connections).toBeGreaterThan(connections);
  });

  it("tells what became of a press", () => {
    client.press("p1", "stop");
    expect(arm().notes["stop"]).toMatchObject({ outcome: "sent" });
    const id = lastId();
    relay.send({ type: "answer", program: "p1", id, outcome: "received" });
    expect(arm().notes["stop"]).toMatchObject({ outcome: "received" });
    relay.send({ type: "answer", program: "p1", id, outcome: "failed", message: "the motor is hot" });
    expect(arm().notes["stop"]).toEqual({ outcome: "failed", message: "the motor is hot" });
    // Its outcome is known, so a lost connection does not make it unknown.
    relay.cut();
    expect(arm().notes["stop"]).toMatchObject({ outcome: "failed" });
  });

  it("sends values before the press that follows", () => {
    client.set("p1", "gain", 1);
    client.set("p1", "gain", 1.1);
    client.press("p1", "stop");
    const sent = relay.received.map((message) => (message.type === "set" ? message.value : message.type));
    expect(sent).toEqual([1, 1.1, "press"]);
  });

  it("beats every 150 ms while a button is held, and releases it once", async () => {
    await pass(1000);
    expect(relay.beats).toBe(0);
    const release = client.hold("p1", "jog");
    await pass(1000);
    expect(relay.beats).toBe(6);
    release();
    release();
    await pass(1000);
    expect(relay.beats).toBe(6);
    expect(presses()).toEqual(["jog press", "jog release"]);
  });

  it("ends a hold when the connection ends, and does not begin it again", async () => {
    client.hold("p1", "jog");
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "done" });
    relay.cut();
    await pass(5000);
    expect(client.state.connection).toBe("connected");
    expect(relay.beats).toBe(0);
    expect(presses()).toEqual(["jog press"]);
    expect(arm().notes["jog"]).toMatchObject({ outcome: "released" });
  });

  it("says when a program does not answer, and when it answers again", async () => {
    client.press("p1", "stop");
    await pass(1900);
    expect(arm().isSilent).toBe(false);
    await pass(1000);
    expect(arm().isSilent).toBe(true);
    relay.send({ type: "answer", program: "p1", id: lastId(), outcome: "received" });
    await pass(1000);
    expect(arm().isSilent).toBe(false);
  });

  it("keeps a program that is gone, gives up its presses, and sends it the last value when it returns", async () => {
    client.press("p1", "stop");
    client.set("p1", "gain", 0.9);
    relay.describe([]);
    expect(arm()).toMatchObject({ isGone: true, notes: { stop: { outcome: "unknown" } } });
    relay.describe([ARM]);
    await pass(20);
    expect(arm().isGone).toBe(false);
    expect(values()).toEqual([0.9, 0.9]);
    expect(presses()).toEqual(["stop press"]);
  });

  it("shows a program once when it was started again, and sends nothing of before to it", async () => {
    client.set("p1", "gain", 0.9);
    relay.describe([]);
    relay.describe([{ ...ARM, program: "p2" }]);
    await pass(1000);
    expect(client.state.programs.map(({ program, isGone }) => [program, isGone])).toEqual([["p2", false]]);
    expect(values()).toEqual([0.9]);
  });

  it("follows updates of declarations, and who has control", () => {
    relay.send({ type: "update", program: "p1", controls: { gain: { max: 5, disabled: true, progress: 0.5 } } });
    expect(arm().controls[0]).toEqual({ ...ARM.controls[0], max: 5, disabled: true, progress: 0.5 });
    relay.send({ type: "update", program: "p1", controls: { gain: { progress: null } } });
    expect(arm().controls[0]).not.toHaveProperty("progress");
    relay.send({ type: "holder", program: "p1", client: "another" });
    expect(arm().control).toBe("others");
    relay.send({ type: "holder", program: "p1", client: "me" });
    expect(arm().control).toBe("us");
    relay.send({ type: "holder", program: "p1", client: null });
    expect(arm().control).toBe("anyone");
  });

  it("limits the presses without an answer", () => {
    for (let press = 0; press < 150; press++) client.press("p1", "stop");
    expect(presses()).toHaveLength(100);
    expect(arm().notes["stop"]).toMatchObject({ outcome: "unsent" });
  });

  it("ignores messages that it does not know", () => {
    const before = client.state;
    for (const text of [
      "",
      "5",
      "null",
      "[]",
      '{"type":"constructor"}',
      '{"type":"values"}',
      '{"type":"programs","programs":[5]}',
    ])
      relay.send(text as never);
    relay.send({ type: "nonsense" } as never);
    relay.send({ type: "values", program: "p9", values: { gain: 3 } });
    expect(client.state.programs).toEqual(before.programs);
  });
});
