import { readFileSync } from "node:fs";
import { join } from "node:path";
import { button, checkbox, openControls, replayControls, select, slider, text, vector3 } from "@rerun-ts/controls";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import * as rr from "@rerun-ts/node";
import { openRrd, type RecordingReader } from "@rerun-ts/reading";
import { afterAll, describe, expect, it } from "vitest";
import { TestPanel } from "./test-panel.ts";

const SECRET = "hunter2-very-secret";
const DECLARED = {
  gain: slider({ min: 0, max: 2, value: 0.5 }),
  mode: select(["auto", "manual"]),
  pose: vector3(),
  lamp: checkbox(),
  password: text({ secret: true }),
  stop: button(),
};

/** The rows below `/controls`, without who and ids. */
async function rowsOf(recording: RecordingReader): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for await (const chunk of recording.chunks({ contents: "/controls/**" })) {
    for (let row = 0; row < chunk.numRows; row++) {
      const cell = (name: string): unknown => {
        const list = chunk.table.getChild(name)?.get(row) as { toArray(): unknown } | null | undefined;
        return list === null || list === undefined ? undefined : Array.from(list as unknown as Iterable<unknown>);
      };
      const line = JSON.stringify(
        [cell("by"), cell("Scalars:scalars") ?? cell("TextLog:text"), cell("outcome") ?? []].flat(),
      );
      (rows[chunk.entityPath] ??= []).push(line);
    }
  }
  return rows;
}

const folder = makeTemporaryFolder();
afterAll(folder.remove);
let files = 0;
const temporaryFile = (name: string): string => join(folder.path, `${files++}-${name}`);

describe("the rows of controls", () => {
  it("have who changed what, without secrets, and can be replayed", async () => {
    const file = temporaryFile("run.rrd");
    const rec = new rr.RecordingStream("arm");
    await rec.save(file);
    const ui = await openControls(rec, DECLARED, { page: false, tokens: { ann: "a".repeat(20), bob: "b".repeat(20) } });
    const [ann, bob] = await Promise.all(
      ["ann", "bob"].map((name) => TestPanel.join(ui.relayUrl, ui.tokens[name] ?? "")),
    );
    if (ann === undefined || bob === undefined) throw new Error("no panels");
    const seen: unknown[] = [];
    ui.on("password", (value) => {
      seen.push(value);
      throw new Error(`wrong password ${value}`);
    });
    let order: string[] = [];
    ui.on("gain", (gain) => void order.push(`gain ${gain}`));
    ui.on("stop", async () => {
      order.push("stop");
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("stopped");
    });
    ui.viewer.on("pick", ({ entityPath, position }) => void order.push(`pick ${entityPath} ${position?.join(" ")}`));
    await ann.outcome(ann.set("gain", 0.7));
    const stopped = bob.press("stop");
    await bob.until(() => bob.answersTo(stopped).length > 0);
    await ann.outcome(ann.set("gain", 1));
    await bob.outcome(stopped);
    await ann.outcome(ann.set("mode", "manual"));
    await ann.outcome(ann.set("pose", [1, 2, 3]));
    await ann.outcome(ann.set("lamp", true));
    expect(await ann.outcome(ann.set("password", SECRET))).toMatchObject({
      outcome: "failed",
      message: "the handler failed",
    });
    ann.raw({
      type: "pick",
      program: ann.program,
      id: "p1",
      pick: { entityPath: "/arm", instance: 3, position: [1, 2, 3] },
    });
    await ann.outcome("p1");
    ui.set("gain", 0.2);
    expect(seen).toEqual([SECRET]);
    expect(JSON.stringify([ann.messages, bob.messages, ui.values])).not.toContain(SECRET);
    ann.close();
    bob.close();
    await ui.close();
    await rec.close();

    expect(readFileSync(file).includes(SECRET)).toBe(false);
    const reader = (await openRrd(file)).recording();
    expect(await rowsOf(reader)).toEqual({
      "/controls/gain": ['["start",0.5]', '["ann",0.7]', '["ann",1]', '["program",0.2]'],
      "/controls/mode": ['["start","auto"]', '["ann","manual"]'],
      "/controls/pose": ['["start",0,0,0]', '["ann",1,2,3]'],
      "/controls/lamp": ['["start",0]', '["ann",1]'],
      "/controls/password": ['["ann","(secret)"]'],
      "/controls/password/failed": ['["ann","failed: the handler failed","failed"]'],
      "/controls/stop": ['["bob","received: press","received"]', '["bob","done","done"]'],
      "/controls/viewer/pick": ['["ann","received: /arm[3]","received"]', '["ann","done","done"]'],
    });

    const recorded = order;
    expect(recorded).toEqual(["gain 0.7", "stop", "gain 1", "stopped", "pick /arm 1 2 3"]);
    order = [];
    const handlers = {
      gain: (gain: number) => void order.push(`gain ${gain}`),
      stop: async () => {
        order.push("stop");
        await new Promise((resolve) => setTimeout(resolve, 1));
        order.push("stopped");
      },
      "viewer/pick": ({ entityPath, position }: { entityPath: string; position: number[] }) =>
        void order.push(`pick ${entityPath} ${position.join(" ")}`),
    };
    expect(await replayControls(reader, handlers, { speed: Infinity })).toEqual({
      changes: 7,
      secrets: 1,
      unknown: [],
      differing: [],
    });
    expect(order.toSorted()).toEqual(recorded.toSorted());
    expect(order.indexOf("stop")).toBeLessThan(order.indexOf("gain 1"));
  });

  it("are replayed through open controls, never while panels are connected", async () => {
    const file = temporaryFile("run.rrd");
    const record = async (act: (ui: Awaited<ReturnType<typeof open>>["ui"]) => Promise<void>): Promise<void> => {
      const { rec, ui } = await open(file);
      await act(ui);
      await ui.close();
      await rec.close();
    };
    await record(async (ui) => {
      ui.on("stop", () => {});
      const panel = await TestPanel.join(ui.relayUrl, ui.tokens.panel ?? "");
      await panel.outcome(panel.set("gain", 1.5));
      await panel.outcome(panel.press("stop"));
      panel.close();
    });
    const reader = (await openRrd(file)).recording();
    const { rec, ui } = await open(temporaryFile("again.rrd"));
    const gains: number[] = [];
    const presses: string[] = [];
    ui.on("gain", (gain) => void gains.push(gain));
    ui.on("stop", ({ by }) => void presses.push(by));
    await expect(replayControls(reader, ui, { speed: Infinity })).resolves.toMatchObject({ changes: 2, differing: [] });
    expect({ gains, presses, value: ui.values.gain }).toEqual({ gains: [1.5], presses: ["replay"], value: 1.5 });
    const panel = await TestPanel.join(ui.relayUrl, ui.tokens.panel ?? "");
    await expect(replayControls(reader, ui)).rejects.toThrow("a replay needs the controls alone");
    panel.close();
    await ui.close();
    await rec.close();
  });
});

async function open(file: string) {
  const rec = new rr.RecordingStream("arm");
  await rec.save(file);
  return { rec, ui: await openControls(rec, DECLARED, { page: false }) };
}
