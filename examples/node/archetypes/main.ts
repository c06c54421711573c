// One entity for each archetype of data of Rerun.
//
//   npm run examples -- archetypes
import { readFileSync } from "node:fs";
import { setUpExample } from "../save-scene.ts";
import { logEveryArchetype } from "./scene.ts";

const read = (name: string): Uint8Array => readFileSync(new URL(`../../assets/${name}`, import.meta.url));

const { rec, finish } = await setUpExample("archetypes", { recordingName: "Every archetype" });
rec.setTime("time", { duration: 0 });
const assets = {
  clip: read("clip.mp4"),
  keyframe: read("keyframe.obu"),
  picture: read("picture.jpg"),
  depth: read("depth.png"),
};
const places = logEveryArchetype(rec, assets);
await finish(`${places.size} archetypes`);
