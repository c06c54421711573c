import { VERSION } from "../version.ts";

/**
 * Marks the objects of a class, so that other copies of this package recognise them: a program may load a package
 * twice, inside and outside a bundle, as an ES module and by `require`, or in two versions.
 *
 * @param prototype the prototype of the class
 */
export function brand(prototype: object, name: string): void {
  Object.defineProperty(prototype, symbolOf(name), { value: VERSION });
  Object.defineProperty(prototype, ANY, { value: VERSION });
}

/** Whether a value is an object of the class with this brand, of any copy with this version. */
export function hasBrand(value: unknown, name: string): boolean {
  return versionOf(value, symbolOf(name)) === VERSION;
}

/** Whether a value is an object of the class with this brand, of any copy and version. */
export function hasAnyBrand(value: unknown, name: string): boolean {
  return versionOf(value, symbolOf(name)) !== undefined;
}

/** The other version of this package that has made an object, or `undefined`. */
export function otherVersionOf(value: unknown): string | undefined {
  const version = versionOf(value, ANY);
  return version === VERSION ? undefined : version;
}

/** The end of messages to programs with two versions of a package. */
export function describeOtherVersion(version: string): string {
  return `one of a second copy of @rerun-ts/core, version ${version} beside ${VERSION}; \`npm ls @rerun-ts/core\` shows both, install one`;
}

/** The brand of all marked classes. */
const ANY = symbolOf("any");

function symbolOf(name: string): symbol {
  return Symbol.for(`rerun-ts.${name}`);
}

function versionOf(value: unknown, symbol: symbol): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const version: unknown = value[symbol as never];
  return typeof version === "string" ? version : undefined;
}
