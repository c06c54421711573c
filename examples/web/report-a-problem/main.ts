// Keeps the last minute of a scene, the page, its requests, the pointer and the console, and saves all of it as a page
// at a click.
//
// The folder `viewer` beside the page has the files of Rerun's viewer: npx rerun-ts viewer-files viewer
import * as rr from "@rerun-ts/web";
import { recordPage } from "@rerun-ts/replay";
import { htmlReplay } from "@rerun-ts/replay/html";
import { followScene } from "@rerun-ts/three";
import { WebGLRenderer } from "three";
import { showStatus } from "../page.ts";
import { layout } from "./layout.ts";
import { createTraffic } from "./scene.ts";

const rec = new rr.RecordingStream("rerun_ts_report_a_problem");
const box = new rr.FlightRecorder({ seconds: 60, after: 1 });
void rec.setSinks([box]);
rec.sendBlueprint(layout);
rr.captureConsole(rec);
recordPage(rec, "page", { checkoutSeconds: 20 });
rr.sensors.logNetwork(rec, "network");
rr.sensors.logPointer(rec, "pointer");

const output = document.querySelector("output") as HTMLOutputElement;
box.on("dump", ({ reason }) => void (output.textContent = `Something went wrong (${reason}). Please report it.`));
box.captureErrors();

const canvas = document.querySelector("canvas") as HTMLCanvasElement;
const renderer = new WebGLRenderer({ canvas, antialias: true });
const { scene, camera, drive, block } = createTraffic(canvas.width / canvas.height);

let frame = 0;
rec.setTime("frame", frame);
const follower = followScene(rec, "scene", scene);
renderer.setAnimationLoop(() => {
  // The console has the time of the scene, too.
  rec.setTime("frame", frame++);
  drive();
  renderer.render(scene, camera);
  follower.update();
});

async function report(): Promise<void> {
  output.textContent = "Making the file …";
  const { bytes } = await box.downloadHtml("problem.html", {
    reason: "a user reports a problem",
    title: "A problem",
    viewerFiles: "viewer/",
    replay: htmlReplay("/page"),
    // Without this option, the viewer plays the recording from its beginning.
    at: `frame@${frame - 1}`,
  });
  output.textContent = `Saved problem.html, ${(bytes / 1e6).toFixed(1)} MB.`;
}
document.querySelector("#break")?.addEventListener("click", block);
document.querySelector("#report")?.addEventListener("click", () => void report());
showStatus(rec);
