/** Options that every control has. */
export interface ControlOptions {
  /** The text beside the control. Default: its name. */
  label?: string | undefined;
  /** A sentence that explains the control. Default: none. */
  hint?: string | undefined;
  /** Whether nobody can use the control at present. Default `false`. */
  disabled?: boolean | undefined;
  /** The progress of what the control has started, from 0 to 1. Default: none. */
  progress?: number | undefined;
}

/** Options of {@link number}. */
export interface NumberOptions extends ControlOptions {
  /** The smallest value. Default: none. */
  min?: number | undefined;
  /** The largest value. Default: none. */
  max?: number | undefined;
  /** The distance of allowed values, counted from `min`, or else from 0. Default: any number. */
  step?: number | undefined;
  /** The value at the start. Default: 0, or else the allowed value that is nearest to it. */
  value?: number | undefined;
}

/** Options of {@link slider}. */
export interface SliderOptions extends NumberOptions {
  /** The value at the left end. */
  min: number;
  /** The value at the right end. */
  max: number;
}

/** Options of {@link select}. */
export interface SelectOptions<Option extends string = string> extends ControlOptions {
  /** The value at the start. Default: the first option. */
  value?: Option | undefined;
}

/** Options of {@link checkbox}. */
export interface CheckboxOptions extends ControlOptions {
  /** The value at the start. Default `false`. */
  value?: boolean | undefined;
}

/** Options of {@link text}. */
export interface TextOptions extends ControlOptions {
  /** The text at the start. Default: empty. */
  value?: string | undefined;
  /** The maximum number of UTF-16 code units. Default 1000. */
  maxLength?: number | undefined;
  /** Whether the text is secret: handlers alone receive it. Default `false`. */
  secret?: boolean | undefined;
}

/** Options of {@link vector3}. */
export interface Vector3Options extends ControlOptions {
  /** The smallest value of each coordinate. Default: none. */
  min?: number | undefined;
  /** The largest value of each coordinate. Default: none. */
  max?: number | undefined;
  /** The distance of allowed values, counted from `min`, or else from 0. Default: any number. */
  step?: number | undefined;
  /** The value at the start. Default `[0, 0, 0]`. */
  value?: Vector3 | undefined;
}

/** Options of {@link color}. */
export interface ColorOptions extends ControlOptions {
  /** The colour at the start, as `#rrggbb`. Default `#ffffff`. */
  value?: string | undefined;
}

/** Options of {@link button}. */
export interface ButtonOptions extends ControlOptions {
  /** The key that presses the button, as the `code` of a keyboard event, such as `"Space"`. Default: none. */
  key?: string | undefined;
  /** Whether the handler is called at the press and at the release. Default `false`: at the press alone. */
  hold?: boolean | undefined;
  /** Whether a press must be confirmed. Default `false`. */
  confirm?: boolean | undefined;
}

/** Three coordinates. */
export type Vector3 = readonly [x: number, y: number, z: number];

/** The value of a control, as messages have it. */
export type ControlValue = number | boolean | string | Vector3;

/** A slider or a field for a number. */
export interface NumberControl extends NumberOptions {
  /** A slider has `min` and `max`. */
  readonly kind: "slider" | "number";
  value: number;
}

/** A choice among texts. */
export interface SelectControl<Option extends string = string> extends SelectOptions<Option> {
  readonly kind: "select";
  /** The texts, in their order. */
  readonly options: readonly Option[];
  value: Option;
}

/** A box for yes or no. */
export interface CheckboxControl extends CheckboxOptions {
  readonly kind: "checkbox";
  value: boolean;
}

/** A field for a line of text. */
export interface TextControl extends TextOptions {
  readonly kind: "text";
  value: string;
  maxLength: number;
}

/** Three fields for coordinates. */
export interface Vector3Control extends Vector3Options {
  readonly kind: "vector3";
  value: Vector3;
}

/** A field for a colour. */
export interface ColorControl extends ColorOptions {
  readonly kind: "color";
  value: string;
}

/** A button, which has handlers and no value. */
export interface ButtonControl extends ButtonOptions {
  readonly kind: "button";
}

/** Controls in a group. */
export interface FolderControl<Inside extends Controls = Controls> extends ControlOptions {
  readonly kind: "folder";
  /** The controls in the folder, without the name of the folder. */
  readonly controls: Inside;
}

/** A control whose value people change. */
export type ValueControl =
  | NumberControl
  | SelectControl
  | CheckboxControl
  | TextControl
  | Vector3Control
  | ColorControl;

/** A declared control. */
export type Control = ValueControl | ButtonControl | FolderControl;

/** Declared controls, by name. */
export interface Controls {
  readonly [name: string]: Control;
}

/** A union of each control outside of folders, with its path: names, joined by `/`. */
export type ControlPaths<Declared extends Controls, Prefix extends string = ""> = {
  [Name in keyof Declared & string]: Declared[Name] extends FolderControl<infer Inside>
    ? ControlPaths<Inside, `${Prefix}${Name}/`>
    : { readonly path: `${Prefix}${Name}`; readonly control: Declared[Name] };
}[keyof Declared & string];

/** The value of a control, or `never` for a button. */
export type ControlValueOf<Declared> = Declared extends { value: infer Value } ? Value : never;

/** The values of declared controls, by path. */
export type ControlValues<Declared extends Controls> = {
  readonly [
    Entry in Extract<ControlPaths<Declared>, { readonly control: ValueControl }> as Entry["path"]
  ]: ControlValueOf<Entry["control"]>;
};
