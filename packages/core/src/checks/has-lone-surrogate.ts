const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text has half of a character. Texts that differ in such a half only are the same once they are encoded. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}
