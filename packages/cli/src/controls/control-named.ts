import { RerunError } from "@rerun-ts/core";
import { didYouMean } from "@rerun-ts/core/checks";
import { suggestControl, type Declaration } from "@rerun-ts/controls/protocol";

/** The control with a name. @throws {RerunError} `NOT_FOUND`, with the name that is meant */
export function controlNamed(controls: readonly Declaration[], name: string): Declaration {
  const control = controls.find((one) => one.name === name);
  if (control !== undefined) return control;
  const names = controls.map((one) => one.name);
  throw new RerunError("NOT_FOUND", `the program has no control ${didYouMean(name, suggestControl(name, names))}`);
}
