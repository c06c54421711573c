// The entry point `@rerun-ts/core/checks`: checks of arguments, options and values, and the messages about them.
// All packages of this repository but the integrations may import it. It is not part of the public API.
export { toArrayLike, typedArrayName } from "./array-like.ts";
export { checkObject, checkOptions, checkRecording } from "./check-arguments.ts";
export { describeValue } from "./describe-value.ts";
export { messageOf } from "./errors.ts";
export { hasLoneSurrogate } from "./has-lone-surrogate.ts";
export {
  InvalidValueError,
  argumentError,
  checked,
  forEachIndex,
  invalidArgument,
  outOfRange,
  withinKey,
  wrongCount,
  wrongType,
} from "./invalid-value-error.ts";
export { nonNegative, type OptionNames } from "./options.ts";
export { ReadBudget } from "./read-budget.ts";
export { withRerunErrors, yieldingRerunErrors } from "./with-rerun-errors.ts";
export { describeIgnored, differingOptions } from "./sink/differing-options.ts";
export { didYouMean, suggestName } from "./suggest-name.ts";
