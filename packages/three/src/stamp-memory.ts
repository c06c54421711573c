import { revisionOf } from "./content-revision.ts";
import type { SceneColor, VersionedAttribute } from "./scene-like.ts";

/** The values that each entry of {@link StampMemory} takes. */
const [ATTRIBUTE, COLOR] = [5, 5] as const;

/**
 * The attributes and colours of one object as they were last read, in the order of reading. Scenes have thousands of
 * objects, of which few change in a frame: plain properties are compared faster than revisions and colours.
 */
export class StampMemory {
  readonly #attributes: unknown[] = [];
  readonly #colors: unknown[] = [];
  #attribute = 0;
  #color = 0;

  /** Begins to read the object again. */
  restart(): void {
    this.#attribute = this.#color = 0;
  }

  /** Returns `revisionOf(attribute)`, cached by its plain properties. `undefined` without an attribute. */
  revisionOf(attribute: VersionedAttribute | null | undefined): number | undefined {
    if (attribute === null || attribute === undefined) return undefined;
    const { data, count } = attribute;
    const version = attribute.version ?? data?.version;
    const array = attribute.array ?? data?.array;
    const seen = this.#attributes;
    const at = this.#attribute;
    this.#attribute += ATTRIBUTE;
    if (seen[at] === attribute && seen[at + 1] === version && seen[at + 2] === array && seen[at + 3] === count)
      return seen[at + 4] as number;
    const revision = revisionOf(attribute);
    [seen[at], seen[at + 1], seen[at + 2], seen[at + 3], seen[at + 4]] = [attribute, version, array, count, revision];
    return revision;
  }

  /** Returns `pack(hex, opacity)`, cached by the channels and the opacity. Without a colour, that of white. */
  packed(color: SceneColor | undefined, opacity: number, pack: (hex: number, opacity: number) => number): number {
    if (color === undefined) return pack(0xffffff, opacity);
    const seen = this.#colors;
    const at = this.#color;
    this.#color += COLOR;
    const { r, g, b } = color;
    if (seen[at] === r && seen[at + 1] === g && seen[at + 2] === b && seen[at + 3] === opacity)
      return seen[at + 4] as number;
    const value = pack(color.getHex(), opacity);
    [seen[at], seen[at + 1], seen[at + 2], seen[at + 3], seen[at + 4]] = [r, g, b, opacity, value];
    return value;
  }
}
