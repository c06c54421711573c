import { openControls, slider, text } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { afterEach, expect, it } from "vitest";
import { TestPanel } from "./test-panel.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

it("100 panels see each value, and a panel that never reads is cut off", async () => {
  const rec = new rr.RecordingStream("many");
  const server = await rec.serveGrpc({ port: 0 });
  const ui = await openControls(
    rec,
    { gain: slider({ min: 0, max: 1e6 }), notes: text({ maxLength: 4000 }) },
    { page: false },
  );
  ends.push(
    () => rec.close(),
    () => ui.close(),
  );
  const token = ui.tokens.panel ?? "";
  const seen: number[] = [];
  ui.on("gain", (gain) => void seen.push(gain));
  const stuck = await TestPanel.join(ui.relayUrl, token);
  stuck.socket.pause();
  const panels = await Promise.all(Array.from({ length: 100 }, () => TestPanel.join(ui.relayUrl, token)));
  ends.push(() => {
    for (const panel of panels) panel.close();
    stuck.socket.terminate();
  });
  await Promise.all(panels.map((panel, index) => panel.outcome(panel.set("gain", index + 1))));
  await Promise.all(panels.map((panel) => panel.until(() => panel.values.gain === ui.values.gain)));
  expect(new Set(seen).size).toBe(seen.length);

  // Nothing but the end of its connection can tell a panel that never reads.
  const [writer, reader] = panels;
  if (writer === undefined || reader === undefined) throw new Error("no panels");
  let count = 0;
  const before = server.stats().connections;
  while (server.stats().connections === before) {
    const notes = `${count++}`.padEnd(4000, "x");
    await writer.outcome(writer.set("notes", notes));
  }
  writer.set("notes", "last");
  await reader.until(() => reader.values.notes === "last");
  expect(reader.socket.readyState).toBe(reader.socket.OPEN);
}, 60_000);

it("values that come too fast for a handler are replaced by the last", async () => {
  const rec = new rr.RecordingStream("fast");
  await rec.serveGrpc({ port: 0 });
  const ui = await openControls(rec, { gain: slider({ min: 0, max: 1e6 }) }, { page: false });
  ends.push(
    () => rec.close(),
    () => ui.close(),
  );
  const panel = await TestPanel.join(ui.relayUrl, ui.tokens.panel ?? "");
  ends.push(() => panel.close());
  const seen: number[] = [];
  let finish = (): void => {};
  ui.on("gain", (gain) => {
    seen.push(gain);
    return new Promise<void>((resolve) => (finish = resolve));
  });
  const first = panel.set("gain", 1);
  const overtaken = Array.from({ length: 3000 }, (_, index) => panel.set("gain", index + 2));
  const last = panel.set("gain", 5000);
  await panel.outcome(overtaken.at(-1) ?? "");
  finish();
  expect((await panel.outcome(first)).outcome).toBe("done");
  await panel.until(() => panel.values.gain === 5000);
  finish();
  expect((await panel.outcome(last)).outcome).toBe("done");
  expect(seen).toEqual([1, 5000]);
  for (const id of overtaken) expect(panel.answersTo(id).map(({ outcome }) => outcome)).toEqual(["replaced"]);
}, 30_000);

it("controls that do not fit into a message are rejected", async () => {
  const rec = new rr.RecordingStream("large");
  ends.push(() => rec.close());
  const texts = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`t${index}`, text({ maxLength: 4000 })]));
  await expect(openControls(rec, texts)).rejects.toThrow(/^`controls` must be at most 1048576 characters as JSON/);
});
