export { button } from "./declare/button.ts";
export { checkbox, select } from "./declare/choices.ts";
export type {
  ButtonControl,
  ButtonOptions,
  CheckboxControl,
  CheckboxOptions,
  ColorControl,
  ColorOptions,
  Control,
  ControlOptions,
  ControlPaths,
  ControlValue,
  ControlValues,
  Controls,
  FolderControl,
  NumberControl,
  NumberOptions,
  SelectControl,
  SelectOptions,
  SliderOptions,
  TextControl,
  TextOptions,
  ValueControl,
  ControlValueOf,
  Vector3,
  Vector3Control,
  Vector3Options,
} from "./declare/control-types.ts";
export { folder } from "./declare/folder.ts";
export { number, slider, vector3 } from "./declare/numbers.ts";
export { color, text } from "./declare/texts.ts";
export { openControls } from "./open/open-controls.ts";
export type { ConnectedPanel, ControlAt, ControlChanges, HandlerOf, OpenControls } from "./open/open-controls-types.ts";
export { readPick, type PickedColumn, type PickSource } from "./open/read-pick.ts";
export type { OpenControlsOptions } from "./open/open-options.ts";
export type { Change, Pick, Press } from "./program/change.ts";
export {
  replayControls,
  type ReplayControlsOptions,
  type ReplayHandlers,
  type ReplayResult,
  type ReplayableControls,
} from "./replay/replay-controls.ts";
export type { ReplayChunk, ReplayColumn, ReplaySource, ReplayTable } from "./replay/recorded-changes.ts";
export type { PickMessage, PressPhase } from "./protocol.ts";
