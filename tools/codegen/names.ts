/** `Points3D` → `points3d`, `HalfSize3D` → `half-size3d`, `UInt16` → `uint16`: file names. */
export function fileName(name: string): string {
  return name
    .replace(/^([UID])(Int|Vec)/, (_, letter: string, rest: string) => letter + rest.toLowerCase())
    .replace(/([a-z0-9])([A-Z])(?=[a-z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

/** `half_sizes` → `halfSizes`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `halfSizes` → `half_sizes`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `Boxes3D` → `BOXES3D`, `TextLog` → `TEXT_LOG`. */
export function constantName(name: string): string {
  return fileName(name).replaceAll("-", "_").toUpperCase();
}

/** `rerun.components.Color` → `Color`. */
export function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
