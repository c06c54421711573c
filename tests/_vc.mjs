import * as rr from "@rerun-ts/node";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
const port = 19555;
const file = "/tmp/w/vc.rrd";
const rec = new rr.RecordingStream("control", { recordingId: "one" });
await rec.save(file);
for (let i = 0; i < 50; i++) {
  rec.setTime("frame", i);
  rec.log("curve", new rr.Scalars(Math.sin(i / 5)));
  rec.log(
    "points",
    new rr.Points3D([
      [i, 0, 0],
      [0, i, 1],
    ]),
  );
}
await rec.close();
const viewer = spawn(
  "/work/main/.venv/bin/rerun",
  ["--headless", "--bind", "127.0.0.1", "--port", String(port), "--window-size", "900x600"],
  { stdio: "ignore" },
);
const t0 = performance.now();
const c = await rr.connectViewer(`rerun+http://127.0.0.1:${port}/proxy`);
const show = async (name, p) => {
  try {
    const r = await p();
    console.log(
      Math.round(performance.now() - t0),
      name,
      (JSON.stringify(r, (k, v) => (typeof v === "bigint" ? `${v}n` : v)) ?? "").slice(0, 330),
    );
    return r;
  } catch (e) {
    console.log(name, "ERR", e.code, e.message.slice(0, 250));
  }
};
await show("state", () => c.state());
await show("open", () => c.open(file));
await show("state", () => c.state());
await show("setTime", () => c.setTime({ timeline: "frame", at: 7, play: false }));
await show("setTime following", () => c.setTime({ play: "following" }));
await show("setTime bad", () => c.setTime({}));
await show("setTime unknown timeline", () => c.setTime({ timeline: "nope", at: 3 }));
const png = await show("shot", async () => {
  const p = await c.screenshot({ maxSize: 300 });
  writeFileSync("/tmp/w/vc.png", p);
  return p.length;
});
await show("schema", () => c.schema());
await show("blueprint", () => c.blueprint());
await show("setBlueprint", () =>
  c.setBlueprint(
    { "/time_panel": { TimePanelBlueprint: { play_state: "Paused", timeline: "frame" } } },
    { partial: true },
  ),
);
await show("blueprint", () => c.blueprint());
await show("logs", () => c.logs());
const cmds = await show("commands", () => c.commands());
console.log(cmds?.length);
await show("all commands", async () => (await c.commands({ all: true })).length);
await show("run", () => c.run("recording.toggle_play_pause"));
await show("run bad", () => c.run("no.such"));
await show("location", () => c.location());
await show("graph", () => c.transformGraph());
await show("highlight", () => c.highlight({ x: 10, y: 10, width: 100, height: 50 }, { label: "here" }));
await show("highlight none", () => c.highlight(undefined));
await show("open missing", () => c.open("/no/such/file.rrd"));
await show("close", () => c.close());
await show("state", () => c.state());
viewer.kill("SIGKILL");
await show("dead", () => c.state({ timeoutMs: 1000 }));
const relay = await rr.serveGrpcRelay({ port: 0 });
await show("relay", async () => (await rr.connectViewer(relay.url)).state({ timeoutMs: 2000 }));
await relay.close();
await show("bad option", () => c.state({ foo: 1 }));
process.exit();
