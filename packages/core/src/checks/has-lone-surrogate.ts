const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Whether a string contains a lone surrogate. Encoding replaces lone surrogates, so strings that differ only in these
 * become equal.
 */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}
