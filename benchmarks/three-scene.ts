// How long `update` of `followScene` takes for a scene of 200 meshes: npx tsx benchmarks/three-scene.ts
import { RecordingStream } from "@rerun-ts/web";
import { followScene } from "@rerun-ts/three";
import { BoxGeometry, Mesh, MeshStandardMaterial, Scene } from "three";

const OBJECTS = 200;
const UPDATES = 1000;

const rec = new RecordingStream("three");
const memory = rec.memoryRecording();
const meshes = Array.from({ length: OBJECTS }, () => new Mesh(new BoxGeometry(), new MeshStandardMaterial()));
const follower = followScene(rec, "scene", new Scene().add(...meshes));
for (const moving of [0, 20, OBJECTS]) {
  const times = Array.from({ length: UPDATES }, (_, update) => {
    for (const mesh of meshes.slice(0, moving)) mesh.position.y = update;
    const start = performance.now();
    follower.update();
    const elapsed = performance.now() - start;
    if (update % 100 === 0) memory.drainAsBytes();
    return elapsed;
  }).sort((a, b) => a - b);
  const median = times[UPDATES / 2] ?? Number.NaN;
  console.log(`${moving} of ${OBJECTS} moving: ${median.toFixed(3)} ms an update (median of ${UPDATES})`);
}
