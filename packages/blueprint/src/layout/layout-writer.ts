import type { AsComponents } from "@rerun-ts/core";
import { InvalidValueError } from "@rerun-ts/core/checks";
import type { StoreRow } from "@rerun-ts/core/encode";

/** A part of a layout that is shown in a container: a view, or another container. */
export interface LayoutPart {
  /** The UUID under which viewers know the part. It stays the same for the life of the object. */
  readonly id: string;
  /** The path in the blueprint, without a leading slash: `view/<id>` or `container/<id>`. */
  readonly blueprintPath: string;
  /** The name of the part in messages, e.g. `3D view "scene"`. */
  readonly description: string;
  /** Writes the part and its contents into a blueprint. Called while the blueprint is encoded. */
  writeLayout(writer: LayoutWriter): void;
}

/** Collects the rows of a blueprint. Every part writes its children first, and then itself. */
export class LayoutWriter {
  readonly rows: StoreRow[] = [];
  readonly #seen = new Set<LayoutPart>();

  /** Notes that a part is being written. @throws {InvalidValueError} if the layout contains this part already */
  begin(part: LayoutPart): void {
    if (this.#seen.has(part)) {
      throw new InvalidValueError("in one place of a layout", "a second one", false, part.description);
    }
    this.#seen.add(part);
  }

  /**
   * Adds a row.
   *
   * @param path the path in the blueprint, without a leading slash
   * @param owner the description of the part that the row belongs to, for messages
   * @param names the user's names of fields and archetypes, e.g. `{ "ViewBlueprint.displayName": "name" }`
   */
  log(
    path: string,
    data: AsComponents | readonly AsComponents[],
    owner: string,
    names: Readonly<Record<string, string>> = {},
  ): void {
    this.#add(path, data, owner, names, false);
  }

  /** Adds a row without a time. */
  logStatic(
    path: string,
    data: AsComponents | readonly AsComponents[],
    owner: string,
    names: Readonly<Record<string, string>> = {},
  ): void {
    this.#add(path, data, owner, names, true);
  }

  #add(
    path: string,
    data: AsComponents | readonly AsComponents[],
    owner: string,
    names: Readonly<Record<string, string>>,
    isStatic: boolean,
  ): void {
    const nameOf = (label: string): string => `${owner}: ${userName(label, names)}`;
    this.rows.push({ path: `/${path}`, data, isStatic, nameOf });
  }
}

/** The user's name of a field, e.g. `background.color` of `Background.color`. */
function userName(label: string, names: Readonly<Record<string, string>>): string {
  const dot = label.indexOf(".");
  const archetype = dot < 0 ? label : label.slice(0, dot);
  return names[label] ?? (names[archetype] ?? archetype) + label.slice(archetype.length);
}
