/** The parts of a file path: `.` and empty parts are dropped, `..` removes the one before. The root is ignored. */
export function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

/** The extension of a file name in lower case. Empty for names such as `.gitignore`. */
export function extensionOf(name: string): string {
  const file =
    name
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .at(-1) ?? "";
  const point = file.lastIndexOf(".");
  return point > 0 && file !== ".." ? file.slice(point + 1).toLowerCase() : "";
}
