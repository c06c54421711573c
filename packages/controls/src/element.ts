// The entry point `@rerun-ts/controls/element`: importing it defines `<rerun-controls>`. On a server it defines nothing.
import { defineRerunControls, type RerunControlsElement } from "./panel/element/rerun-controls-element.ts";

export { RerunControlsElement } from "./panel/element/rerun-controls-element.ts";

defineRerunControls();

declare global {
  interface HTMLElementTagNameMap {
    "rerun-controls": RerunControlsElement;
  }
}
