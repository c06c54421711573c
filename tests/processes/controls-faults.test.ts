import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { button, number, openControls, replayControls } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { openRrd } from "@rerun-ts/reading";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";
import { expect } from "vitest";
import { FaultPanel } from "./harness/fault-panel.ts";
import { RelayProcess } from "./harness/relay-process.ts";
import { startProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";

const ACTIONS = isSoak ? 10_000 : 600;
const PANELS = 4;
const NAMES = ["a", "b", "c"];
const FAULTS = isSoak ? 60 : 6;
const patient = { timeout: isSoak ? 900_000 : 120_000 };

/** What the program has executed: id → the number of times. */
interface Executed {
  readonly presses: Map<string, number>;
  readonly failed: Set<string>;
  readonly sets: Map<string, number>;
}

it("a program that a press kills leaves the press with an unknown outcome, and nothing repeats it", async ({
  folder,
}) => {
  const file = join(folder, "killed.rrd");
  const program = startProgram("controls-killed", [file]);
  const { url, token } = (await program.report()) as { url: string; token: string };
  const panel = new FaultPanel("p", () => url, token);
  await panel.act({ type: "press", name: "stop", phase: "press" });
  await program.ended;
  await panel.settled();
  panel.end();
  expect(panel.done.get("p-0")?.outcome).not.toBe("done");
  const recording = (await openRrd(file)).recording();
  const presses: unknown[] = [];
  const result = await replayControls(recording, { stop: ({ id }: { id: string }) => void presses.push(id) });
  expect(result).toMatchObject({ changes: 1, unknown: ["p-0"] });
  expect(presses).toEqual(["p-0"]);
});

it(
  `${ACTIONS} changes and presses survive cut connections, killed relays and reloaded pages`,
  patient,
  async ({ folder, rerun }) => {
    const port = await freePort();
    let relay = await RelayProcess.start({ port });
    const [forProgram, forPanels] = [await TcpProxy.start(port), await TcpProxy.start(port)];
    const socketUrl = (proxy: TcpProxy): string => proxy.url.replace("rerun+http:", "ws:").replace("/proxy", "/ws");
    const file = join(folder, "controls.rrd");
    const rec = new rr.RecordingStream("faults");
    await rec.save(file);
    const ui = await openControls(
      rec,
      { a: number(), b: number(), c: number(), go: button(), fail: button() },
      { url: socketUrl(forProgram), onWarning() {} },
    );
    const executed: Executed = { presses: new Map(), failed: new Set(), sets: new Map() };
    const count = (counts: Map<string, number>, id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const name of ["a", "b", "c"] as const)
      ui.on(name, async (_, { id }) => {
        count(executed.sets, id);
        await sleep(1);
      });
    ui.on("go", ({ id }) => count(executed.presses, id));
    ui.on("fail", ({ id }) => {
      count(executed.presses, id);
      executed.failed.add(id);
      throw new Error("no");
    });
    const panels = Array.from(
      { length: PANELS },
      (_, index) => new FaultPanel(`p${index}`, () => socketUrl(forPanels), ui.tokens.panel ?? ""),
    );

    const random = seededRandom(7);
    const progress = { done: 0 };
    const people = panels.map(async (panel, index) => {
      for (let step = 0; step < ACTIONS / PANELS; step++) {
        const name = NAMES[random(NAMES.length)] as string;
        if (random(2) === 0) await panel.act({ type: "set", name, value: index * 1e6 + step });
        else await panel.act({ type: "press", name: random(3) === 0 ? "fail" : "go", phase: "press" });
        progress.done++;
      }
      await panel.settled();
    });
    const faults = [
      async () => forProgram.cutAll(),
      async () => forPanels.cutAll(),
      async () => panels[random(PANELS)]?.reload(),
      async () => {
        await relay.kill();
        relay = await RelayProcess.start({ port });
      },
    ];
    for (let fault = 0; fault < FAULTS; fault++) {
      const due = ((fault + 0.5) / FAULTS) * ACTIONS;
      await expect.poll(() => progress.done, { interval: 2, timeout: 60_000 }).toBeGreaterThanOrEqual(due);
      await faults[fault % faults.length]?.();
    }
    await Promise.all(people);

    // Last values are right everywhere.
    const late = new FaultPanel("late", () => socketUrl(forPanels), ui.tokens.panel ?? "");
    for (const panel of [...panels, late])
      await expect.poll(() => panel.values, { timeout: 20_000 }).toEqual(ui.values);

    // No press twice; `done`, `failed` and `refused` are true.
    const outcomes: Record<string, number> = {};
    for (const panel of panels)
      for (const [id, { act, outcome }] of panel.done) {
        outcomes[outcome ?? "unknown"] = (outcomes[outcome ?? "unknown"] ?? 0) + 1;
        const times = (act.type === "set" ? executed.sets : executed.presses).get(id) ?? 0;
        expect(times, `${id} ${outcome}`).toBeLessThanOrEqual(1);
        if (outcome === "done") expect([times, executed.failed.has(id)], `${id} done`).toEqual([1, false]);
        if (outcome === "failed") expect([times, executed.failed.has(id)], `${id} failed`).toEqual([1, true]);
        if (outcome === "refused" || outcome === "replaced") expect(times, `${id} ${outcome}`).toBe(0);
      }
    expect(outcomes.done).toBeGreaterThan(0);
    expect(outcomes.failed).toBeGreaterThan(0);
    if (isSoak) console.log(outcomes);
    for (const panel of [...panels, late]) panel.end();
    await ui.close();
    await rec.close();

    // Each executed change is one row; each press is one row before and one after it.
    const rows = new Map<string, string[]>();
    const rowIds = new Set<string>();
    let rowCount = 0;
    const reader = (await openRrd(file)).recording();
    for await (const chunk of reader.chunks({ contents: "/controls/**" })) {
      const column = (name: string, row: number): string | undefined =>
        (chunk.table.getChild(name)?.get(row) as { get(index: number): string } | null | undefined)?.get(0);
      for (let row = 0; row < chunk.numRows; row++) {
        rowCount++;
        rowIds.add(String(chunk.table.getChild("rerun.controls.RowId")?.get(row)));
        const id = column("id", row) ?? "";
        if (column("by", row) === "panel") rows.set(id, [...(rows.get(id) ?? []), column("outcome", row) ?? "value"]);
      }
    }
    expect(rowIds.size).toBe(rowCount);
    expect(rows.size).toBe(executed.sets.size + executed.presses.size);
    for (const id of executed.sets.keys()) expect(rows.get(id), id).toEqual(["value"]);
    for (const id of executed.presses.keys())
      expect(rows.get(id), id).toEqual(["received", executed.failed.has(id) ? "failed" : "done"]);
    await rerun.verify(file);
  },
);
