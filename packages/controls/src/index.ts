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
  ValueOf,
  Vector3,
  Vector3Control,
  Vector3Options,
} from "./declare/control-types.ts";
export { folder } from "./declare/folder.ts";
export { number, slider, vector3 } from "./declare/numbers.ts";
export { color, text } from "./declare/texts.ts";
