// The entry point `@rerun-ts/core/integration`, for packages that connect other libraries with recordings: they check
// arguments, choose times and report problems as this SDK does.
export { checkObject, checkOptions, checkRecording } from "./checks/check-arguments.ts";
export { describeValue } from "./checks/describe-value.ts";
export { isDate, kindOf } from "./checks/kind-of.ts";
export { checkEntityPath } from "./entity/check-entity-path.ts";
export { messageOf } from "./errors/rerun-error.ts";
export type { OptionNames } from "./checks/option-names.ts";
export { frozenAt } from "./recording/frozen-at.ts";
export { settled } from "./recording/report-failures.ts";
export { reportWarning } from "./recording/report-warning.ts";
export { withRerunErrors } from "./errors/with-rerun-errors.ts";
