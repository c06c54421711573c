// Renders a scene with three.js, and logs in each frame what has changed in it.
import * as rr from "@rerun-ts/web";
import { followScene } from "@rerun-ts/three";
import { WebGLRenderer } from "three";
import { serverUrl, showStatus } from "../page.ts";
import { createOrrery } from "./orrery.ts";

const rec = new rr.RecordingStream("rerun_ts_three");
void rec.connectGrpc(serverUrl);

const canvas = document.querySelector("canvas") as HTMLCanvasElement;
const renderer = new WebGLRenderer({ canvas, antialias: true });
const { scene, camera, move } = createOrrery(canvas.width / canvas.height);

let frame = 0;
move(frame);
rec.setTime("frame", frame);
const follower = followScene(rec, "space", scene);
renderer.setAnimationLoop(() => {
  move(frame);
  renderer.render(scene, camera);
  follower.update({ frame });
  frame++;
});

showStatus(rec);
