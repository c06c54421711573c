// The entry point `@rerun-ts/replay/element`: it defines `<rerun-replay>`, and nothing on a server.
import { defineRerunReplay, type RerunReplayElement } from "./element/rerun-replay-element.ts";

export { RerunReplayElement, type RerunReplayElementEvents } from "./element/rerun-replay-element.ts";
export type { PageSource } from "./element/open-replay.ts";
export type { ReplayViewer } from "./element/viewer-link.ts";

defineRerunReplay();

declare global {
  interface HTMLElementTagNameMap {
    "rerun-replay": RerunReplayElement;
  }
}
