import { EntityPath } from "@rerun-ts/core";
import type { ComponentColumn } from "@rerun-ts/reading/chunks";

const TRANSFORM = "Transform3D:";
const CHILD_FRAME = "Transform3D:child_frame";
const ROOT = "/";

/**
 * The frames of entities without a name for it. In Rerun each entity is in the frame of its parent unless it has a
 * transform. So the frame is the path of the nearest entity, itself or above, that has one. Entities whose transforms
 * name a child frame do not count, because these move that frame instead.
 */
export class EntityFrames {
  readonly #moving = new Set<string>();

  constructor(columns: readonly ComponentColumn[]) {
    const naming = new Set(
      columns.filter(({ component }) => component === CHILD_FRAME).map(({ entityPath }) => entityPath),
    );
    for (const { entityPath, component } of columns)
      if (component.startsWith(TRANSFORM) && !naming.has(entityPath)) this.#moving.add(entityPath);
  }

  /** The frame in which an entity is. */
  of(entityPath: string): string {
    let path = entityPath;
    while (path !== ROOT && !this.#moving.has(path)) path = parentOf(path);
    return path;
  }

  /** The frame in which the transform of an entity is. */
  aroundOf(entityPath: string): string {
    return this.of(parentOf(entityPath));
  }
}

/** The path of the entity above. */
function parentOf(entityPath: string): string {
  return EntityPath.parse(entityPath).parent?.toString() ?? ROOT;
}
