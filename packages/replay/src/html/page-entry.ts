// The script of a page with recordings and a viewer in it: shows the recorded page beside the viewer.
import { defineRerunReplay, RerunReplayElement } from "../element/rerun-replay-element.ts";
import { linkWebViewer, type RawViewer } from "./link-web-viewer.ts";

defineRerunReplay();
const { replay } = JSON.parse(document.querySelector("#page")?.textContent ?? "{}") as { readonly replay?: string };
const element = new RerunReplayElement();
element.setAttribute("entity", replay ?? "/page");
Object.assign(element.style, { position: "fixed", inset: "0 0 0 60%" });

addEventListener("rerun-viewer", (event) => {
  element.viewer = linkWebViewer((event as CustomEvent<RawViewer>).detail);
});
addEventListener("rerun-recording", (event) => {
  // The first recording is the one on the screen.
  element.source ??= (event as CustomEvent<Uint8Array>).detail;
});
const place = document.querySelector<HTMLElement>("#place");
if (place !== null) place.style.right = "40%";
document.body.append(element);
