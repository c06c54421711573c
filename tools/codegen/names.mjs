/** `Points3D` → `points3d`, `HalfSize3D` → `half-size3d`, `UInt16` → `uint16`: names of files. */
export function fileName(name) {
  return name
    .replace(/^([UID])(Int|Vec)/, (_, letter, rest) => letter + rest.toLowerCase())
    .replace(/([a-z0-9])([A-Z])(?=[a-z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

/** `half_sizes` → `halfSizes`. */
export function camelCase(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** `Boxes3D` → `BOXES3D`, `TextLog` → `TEXT_LOG`. */
export function constantName(name) {
  return fileName(name).replaceAll("-", "_").toUpperCase();
}
