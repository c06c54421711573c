const DICTIONARY = "it holds an Arrow dictionary, which this SDK does not write";

/** Why a golden is not reproduced yet. */
export type Reason = typeof DICTIONARY;

/** The goldens that are not reproduced yet. */
export const WAITING: Readonly<Record<string, Reason>> = {
  "edge-any-values-arrow": DICTIONARY,
};
