import type { BoundedText } from "./bounded-text.ts";
import { isErrorLike, writeValue } from "./write-value.ts";

/**
 * Writes the fields of a log line after its message, as `key=value`. Errors, and a string named `stack`, on separate
 * lines at the end. Fields that are `undefined` are omitted.
 */
export function writeFields(fields: Iterable<readonly [key: string, value: unknown]>, text: BoundedText): void {
  const blocks: unknown[] = [];
  for (const [key, value] of fields) {
    if (isErrorLike(value) || (key === "stack" && typeof value === "string")) blocks.push(value);
    else if (value !== undefined) writeField(key, value, text);
  }
  for (const block of blocks) {
    if (!text.isEmpty) text.add("\n");
    writeValue(block, text);
  }
}

function writeField(key: string, value: unknown, text: BoundedText): void {
  if (!text.isEmpty) text.add(" ");
  writeWord(key, text);
  text.add("=");
  if (typeof value === "string") writeWord(value, text);
  else writeValue(value, text);
}

/** Writes a string, in quotes if it would otherwise be ambiguous. */
function writeWord(word: string, text: BoundedText): void {
  if (word === "" || /[\s"=]/.test(word)) text.addQuoted(word);
  else text.add(word);
}
