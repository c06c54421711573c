// An arm, drawn with three.js and beside it in the viewer. Its hand goes to where one clicks in the viewer:
//
//   npx rerun-ts serve
//   npm run examples -- arm
//
// The page is the program, and has its panel too. The relay passes what people do from panels to the program.
import { button, openControls, slider, vector3 } from "@rerun-ts/controls";
import "@rerun-ts/controls/element";
import { followScene } from "@rerun-ts/three";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";
import type { RerunViewerElement } from "@rerun-ts/web/element";
import "@rerun-ts/web/element";
import { WebGLRenderer } from "three";
import { showStatus } from "../page.ts";
import { Arm } from "./arm.ts";
import { createScene } from "./scene.ts";

const rec = new rr.RecordingStream("rerun_ts_arm");
const canvas = document.querySelector("canvas") as HTMLCanvasElement;
const renderer = new WebGLRenderer({ canvas, antialias: true });
const { scene, camera, setJoints, setTarget, hand } = createScene(canvas.width / canvas.height);
const arm = new Arm();
let speed = 2;
showInViewer(document.querySelector("rerun-viewer") as RerunViewerElement);
draw();
showStatus(rec);

const form = document.querySelector("form") as HTMLFormElement;
const relay = form.elements.namedItem("relay") as HTMLInputElement;
const output = form.querySelector("output") as HTMLOutputElement;
const given = new URLSearchParams(location.search).get("url");
relay.value = given ?? "ws://127.0.0.1:9876/ws";
form.addEventListener("submit", (event) => {
  event.preventDefault();
  offerControls(relay.value).catch((error: unknown) => (output.value = String(error)));
});

/** Moves the arm, draws the scene, and logs what has moved. */
function draw(): void {
  const place = document.querySelector("#hand") as HTMLOutputElement;
  let frame = 0;
  let before = performance.now();
  rec.setTime("frame", frame);
  const follower = followScene(rec, "space", scene);
  renderer.setAnimationLoop((now) => {
    arm.move((speed * (now - before)) / 1000);
    before = now;
    setJoints(arm.joints);
    renderer.render(scene, camera);
    rec.setTime("frame", ++frame);
    follower.update();
    place.value = hand()
      .toArray()
      .map((coordinate) => coordinate.toFixed(2))
      .join(", ");
  });
}

function showInViewer(viewer: RerunViewerElement): void {
  const view = new rrb.Spatial3DView({
    origin: "/space",
    eyeControls: { position: [0, 5, 6], lookTarget: [0, 0.5, 0] },
  });
  const defaultBlueprint = new rrb.Blueprint(view, { collapsePanels: true });
  viewer.panels = { top: "hidden" };
  viewer.addEventListener("ready", ({ detail: { sink } }) => void rec.setSinks([sink], { defaultBlueprint }));
}

/** Offers the controls at a relay, and adds the panel of this page. */
async function offerControls(url: string): Promise<void> {
  output.value = "Connecting …";
  const ui = await openControls(
    rec,
    {
      speed: slider({ min: 0.1, max: 5, step: 0.1, value: speed, hint: "In radians a second." }),
      target: vector3({ min: -3, max: 3, step: 0.01, value: [2, 0.3, 0] }),
      rest: button({ label: "To rest", key: "KeyR" }),
      stop: button({ key: "Space" }),
    },
    { url },
  );
  ui.on("speed", (value) => (speed = value));
  ui.on("target", ([x, y, z]) => goTo({ x, y, z }));
  ui.on("rest", () => arm.rest());
  ui.on("stop", () => arm.stop());
  // The click counts as done when the hand is there.
  ui.viewer.on("pick", ({ entityPath, position }) => {
    if (position === undefined) return undefined;
    const [x, y, z] = position;
    output.value = `To ${entityPath}`;
    ui.set("target", [round(x), round(y), round(z)]);
    return goTo({ x, y, z });
  });
  const panel = document.createElement("rerun-controls");
  panel.setAttribute("url", ui.relayUrl);
  panel.setAttribute("token", ui.tokens.panel ?? "");
  panel.setAttribute("for", "viewer");
  document.querySelector("canvas")?.after(panel);
  form.replaceChildren(output);
  output.value = "Connected. Click a block in the viewer.";
}

function goTo(place: { readonly x: number; readonly y: number; readonly z: number }): Promise<void> {
  setTarget(place);
  return arm.goTo(place);
}

function round(coordinate: number): number {
  return Math.max(-3, Math.min(3, Math.round(coordinate * 100) / 100));
}
