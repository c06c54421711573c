import { checkOptions } from "@rerun-ts/core/integration";
import { invalidArgument, nonNegative } from "@rerun-ts/core/checks";

/** Options of {@link recordPage}. */
export interface RecordPageOptions {
  /**
   * The texts that are replaced by asterisks. `"inputs"`: the values of fields, of elements that people edit and of
   * their attributes. `"all"`: these, all other texts, and no images are stored. `"none"`: passwords alone. Passwords
   * are masked with every value, also when the page shows them. Default `"inputs"`.
   */
  mask?: "all" | "inputs" | "none" | undefined;
  /** A CSS selector of elements that are recorded as empty boxes of their size. Default: `.rr-block` alone. */
  blockSelector?: string | undefined;
  /** The seconds between two full snapshots, at least 1. A player reads from one of them on. Default 30. */
  checkoutSeconds?: number | undefined;
  /** Whether query strings and fragments of URLs are recorded. They may contain secrets. Default `false`. */
  query?: boolean | undefined;
  /**
   * The largest total size of images and fonts of the page's own origin, in bytes. Each one is stored once. 0 stores
   * none. Default: 10 MB, or 0 with the mask `"all"`.
   */
  maxAssetBytes?: number | undefined;
}

/** Options with all defaults. */
export interface RecordSettings {
  readonly mask: "all" | "inputs" | "none";
  readonly blockSelector: string | undefined;
  readonly checkoutMs: number;
  readonly query: boolean;
  readonly maxAssetBytes: number;
}

const MASKS: readonly unknown[] = ["all", "inputs", "none"];
const MAX_ASSET_BYTES = 10_000_000;
/** Timers of browsers have 32 bits. */
const MAX_CHECKOUT_SECONDS = 2_000_000;

/** Checks the options. @throws {TypeError} naming the wrong one */
export function checkRecordOptions(options: RecordPageOptions | undefined): RecordSettings {
  checkOptions("recordPage", options, {
    mask: 1,
    blockSelector: 1,
    checkoutSeconds: 1,
    query: "boolean",
    maxAssetBytes: 1,
  });
  const { mask = "inputs", blockSelector, checkoutSeconds = 30, query = false } = options ?? {};
  if (!MASKS.includes(mask)) throw invalidArgument("mask", '"all", "inputs" or "none"', mask);
  if (!(typeof checkoutSeconds === "number" && checkoutSeconds >= 1 && checkoutSeconds <= MAX_CHECKOUT_SECONDS))
    throw invalidArgument("checkoutSeconds", `a number from 1 to ${MAX_CHECKOUT_SECONDS}`, checkoutSeconds);
  const maxAssetBytes = nonNegative("maxAssetBytes", options?.maxAssetBytes ?? (mask === "all" ? 0 : MAX_ASSET_BYTES));
  if (blockSelector !== undefined) checkSelector(blockSelector);
  return { mask, blockSelector, checkoutMs: checkoutSeconds * 1000, query, maxAssetBytes };
}

function checkSelector(selector: string): void {
  try {
    if (typeof selector !== "string" || selector === "") throw new TypeError();
    document.createDocumentFragment().querySelector(selector);
  } catch {
    throw invalidArgument("blockSelector", "a CSS selector", selector);
  }
}
