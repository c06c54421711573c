// Controls of users. The test is that this file compiles; a comment marks the lines that must not compile.
import { button, folder, openControls, readPick, select, slider, text, vector3 } from "@rerun-ts/controls";
import { createControls } from "@rerun-ts/react/controls";
import { openRrd } from "@rerun-ts/reading";
import type { RecordingStream } from "@rerun-ts/web";

const declared = {
  gain: slider({ min: 0, max: 2 }),
  pose: vector3(),
  name: text(),
  stop: button(),
  log: folder("Logging", { level: select(["info", "debug"]) }),
};

/** A program. */
export async function program(rec: RecordingStream): Promise<void> {
  const ui = await openControls(rec, declared, { url: "ws://127.0.0.1:9876/ws" });
  ui.on("gain", (gain) => console.log(gain.toFixed(1)));
  ui.on("stop", ({ phase }) => console.log(phase === "press"));
  ui.set("log/level", "debug");
  // @ts-expect-error: not an option
  ui.set("log/level", "loud");
  // @ts-expect-error: a button has no value
  ui.set("stop", 1);
  // @ts-expect-error: no such control
  ui.on("gian", () => {});
  const recording = (await openRrd("yesterday.rrd")).recording();
  ui.viewer.on("pick", async (pick) => console.log((await readPick(recording, pick))["temperature"]));
}

/** A component, which knows the declaration by its type alone. */
export function Panel(): string {
  const { useControl } = createControls<typeof declared>();
  const gain = useControl("gain");
  gain.set((gain.value ?? 0) + 0.1);
  useControl("pose", { application: "arm" }).set([1, 2, 3]);
  const level = useControl("log/level");
  level.set("info");
  // @ts-expect-error: not an option
  level.set("loud");
  // @ts-expect-error: a number is wanted
  gain.set("1");
  // @ts-expect-error: no such control
  useControl("gian");
  const stop = useControl("stop");
  stop.press(true);
  // @ts-expect-error: a button has no value
  stop.set(1);
  return `${useControl("name").value?.length} ${level.value === "debug"}`;
}
