// The entry point `@rerun-ts/core/checks`: checks of arguments, options and values, and the messages about them.
// All packages of this repository but the integrations may import it. It is not part of the public API.
export { brand, hasAnyBrand, hasBrand, otherVersionOf } from "./checks/brand.ts";
export { toArrayLike, typedArrayName } from "./checks/array-like.ts";
export { checkObject, checkOptions, checkRecording } from "./checks/check-arguments.ts";
export { checkEntityPath } from "./entity/check-entity-path.ts";
export { describeValue } from "./checks/describe-value.ts";
export { describeUrl, maskUrl } from "./checks/mask-url.ts";
export { messageOf } from "./errors/rerun-error.ts";
export { hasLoneSurrogate } from "./checks/has-lone-surrogate.ts";
export {
  InvalidValueError,
  argumentError,
  checked,
  forEachIndex,
  invalidArgument,
  outOfRange,
  withinKey,
  problemWith,
  wrongCount,
  wrongType,
} from "./checks/invalid-value-error.ts";
export {
  decodeText,
  isArrayBuffer,
  isBigInt64Array,
  isBlob,
  isBuffer,
  isDate,
  isError,
  isMap,
  isUint8Array,
  isUrl,
  kindOf,
  ownBytes,
} from "./checks/kind-of.ts";
export { nonNegative, type OptionNames } from "./checks/option-names.ts";
export { checkGrowth } from "./compress/check-growth.ts";
export { ReadBudget } from "./bytes/read-budget.ts";
export { toRerunError } from "./errors/to-rerun-error.ts";
export { withRerunErrors, yieldingRerunErrors } from "./errors/with-rerun-errors.ts";
export { describeIgnored, differingOptions } from "./sink/differing-options.ts";
export { remedyFor } from "./checks/remedy.ts";
export { rawOf, throughProxies } from "./checks/through-proxies.ts";
export { didYouMean, suggestName } from "./checks/suggest-name.ts";
