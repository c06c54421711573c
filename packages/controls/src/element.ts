// The entry point `@rerun-ts/controls/element`: it defines `<rerun-controls>`, and nothing on a server.
import { defineRerunControls, type RerunControlsElement } from "./panel/element/rerun-controls-element.ts";

export { RerunControlsElement } from "./panel/element/rerun-controls-element.ts";

defineRerunControls();

declare global {
  interface HTMLElementTagNameMap {
    "rerun-controls": RerunControlsElement;
  }
}
