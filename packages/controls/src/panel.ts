// The entry point `@rerun-ts/controls/panel`: the channel of a panel, for panels of other frameworks.
export { PanelClient, type PanelClientOptions } from "./panel/client/panel-client.ts";
export type { ControlNote, NoteOutcome, PanelProgram, PanelState } from "./panel/client/panel-state.ts";
