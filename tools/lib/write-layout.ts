import { RecordingStream } from "@rerun-ts/node";
import { BlueprintPanel, Blueprint, SelectionPanel, TimePanel, TopPanel } from "@rerun-ts/node/blueprint";
import { LAYOUTS } from "../../examples/node/layouts/layouts.ts";
import { logScene } from "../../examples/node/layouts/scene.ts";

/** Writes the scene of the example `layouts` to a file, with one of the example's layouts and without panels. */
export async function writeLayout(name: string, path: string): Promise<void> {
  const part = LAYOUTS[name]?.();
  if (part === undefined) throw new Error(`there is no layout ${name}`);
  const panels = [TopPanel, BlueprintPanel, SelectionPanel, TimePanel].map((Panel) => new Panel({ state: "Hidden" }));
  const recording = new RecordingStream(`layouts_${name}`, { strict: true });
  await recording.save(path, { defaultBlueprint: new Blueprint(part, ...panels) });
  logScene(recording);
  await recording.close();
}
