/** The parts of a file's path: `.` and empty ones vanish, `..` takes one back. What the root is does not count. */
export function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

/** What follows the last full stop of a file's name, in lower case; nothing for names that only begin with one. */
export function extensionOf(name: string): string {
  const file =
    name
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .at(-1) ?? "";
  const point = file.lastIndexOf(".");
  return point > 0 && file !== ".." ? file.slice(point + 1).toLowerCase() : "";
}
