/** A text without control characters: producers choose ids, and a terminal would obey these characters. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
