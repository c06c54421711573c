// The entry point `@rerun-ts/core/integration`, for packages that connect other libraries with recordings: they check
// arguments, choose times and report problems as this SDK does.
export { checkObject, checkOptions, checkRecording } from "./check-arguments.ts";
export { describeValue } from "./describe-value.ts";
export { checkEntityPath } from "./entity/check-entity-path.ts";
export { messageOf } from "./errors.ts";
export type { OptionNames } from "./options.ts";
export { frozenAt } from "./recording/frozen-at.ts";
export { settled } from "./recording/report-failures.ts";
export { reportWarning } from "./recording/report-warning.ts";
export { withRerunErrors } from "./with-rerun-errors.ts";
