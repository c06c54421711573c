import type { GroupTable } from "../command/command-table.ts";

/** `rerun-ts controls`. */
export const CONTROLS_GROUP: GroupTable = {
  name: "controls",
  summary: "Show and change the controls of a program",
  description: [
    "Show and change the controls that a program offers with `openControls`. The URL is that of the page, such as `ui.url` with its token, or that of the relay, such as http://127.0.0.1:9876.",
  ],
};
