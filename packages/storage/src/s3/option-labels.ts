/** The names of the settings of a store in messages: options of a function, or flags of a command. */
export interface OptionLabels {
  readonly endpoint: string;
  readonly region: string;
  readonly ca: string;
}

/** The names for programs. */
export const OPTION_LABELS: OptionLabels = {
  endpoint: "the option `endpoint`",
  region: "the option `region`",
  ca: "the option `ca`",
};
