// The entry point `@rerun-ts/web/element`: importing it defines `<rerun-viewer>`. On a server it defines nothing.
import { defineRerunViewer, type RerunViewerElement } from "./element/rerun-viewer-element.ts";

export {
  RerunViewerElement,
  type RerunViewerElementEvents,
  type RerunViewerElementOptions,
} from "./element/rerun-viewer-element.ts";
export type { ViewerElementSource } from "./element/viewer-session.ts";

defineRerunViewer();

declare global {
  interface HTMLElementTagNameMap {
    "rerun-viewer": RerunViewerElement;
  }
}
