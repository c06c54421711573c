// How long `update` of `followScene` takes for scenes of 200 and of 5,000 meshes: npx tsx benchmarks/three-scene.ts
import { RecordingStream } from "@rerun-ts/web";
import { followScene } from "@rerun-ts/three";
import { BoxGeometry, Mesh, MeshStandardMaterial, Scene } from "three";

const UPDATES = 300;

for (const [objects, moving] of [
  [200, 0],
  [200, 20],
  [200, 200],
  [5000, 0],
  [5000, 5000],
] as const) {
  const rec = new RecordingStream("three");
  const memory = rec.memoryRecording();
  const meshes = Array.from({ length: objects }, () => new Mesh(new BoxGeometry(), new MeshStandardMaterial()));
  const follower = followScene(rec, "scene", new Scene().add(...meshes));
  const times = Array.from({ length: UPDATES }, (_, update) => {
    for (const mesh of meshes.slice(0, moving)) mesh.position.y = update;
    const start = performance.now();
    follower.update();
    const elapsed = performance.now() - start;
    if (update % 10 === 0) memory.drainAsBytes();
    return elapsed;
  }).sort((a, b) => a - b);
  const median = times[UPDATES / 2] ?? Number.NaN;
  console.log(`${moving} of ${objects} moving: ${median.toFixed(3)} ms an update (median of ${UPDATES})`);
}
