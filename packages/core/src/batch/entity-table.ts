import { getOrAdd } from "../collections/get-or-add.ts";
import type { BuilderPool } from "./builder-pool.ts";
import { EntityRows } from "./entity-rows.ts";

/** The number of texts whose entity is cached. */
const MAX_TEXTS = 200_000;

/** The entities of a recording, by their canonical paths and by the strings that the program used. */
export class EntityTable {
  readonly #entities = new Map<string, EntityRows>();
  /** All values are also in `#entities`: an entity must not have rows in two places. */
  readonly #texts = new Map<string, EntityRows>();
  readonly #pool: BuilderPool;

  constructor(pool: BuilderPool) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#entities.size;
  }

  /** The entity at this canonical path. */
  at(path: string): EntityRows {
    return getOrAdd(this.#entities, path, () => new EntityRows(path, this.#pool));
  }

  /** The cached entity for a string that the user wrote before. */
  find(text: string): EntityRows | undefined {
    return this.#texts.get(text);
  }

  /** Caches the entity of a text. */
  remember(text: string, entity: EntityRows): void {
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#texts.set(text, entity);
  }

  /** Removes all entities, which must have no rows. */
  clear(): void {
    this.#entities.clear();
    this.#texts.clear();
  }
}
