import type { OptionNames } from "../checks/option-names.ts";
import type { ConnectOptions } from "./connect-sink.ts";

/** The names of the options of all calls that let a recording send to a server. */
export const CONNECT_OPTIONS: OptionNames<ConnectOptions> = {
  defaultBlueprint: 1,
  waitForConnection: "boolean",
  timeoutMs: 1,
  signal: 1,
};
