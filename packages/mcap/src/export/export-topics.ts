import { TRANSFORM } from "./pose-messages.ts";

/**
 * The topics of entities. A topic has messages of one type only, because readers such as Rerun's decode all of them
 * alike. So an entity has one topic, its path, for its data, and further ones below for other types of messages.
 */
export class ExportTopics {
  readonly #entities: ReadonlySet<string>;
  readonly #topics = new Map<string, ReadonlyMap<string, string>>();

  constructor(entityPaths: Iterable<string>) {
    this.#entities = new Set(entityPaths);
  }

  /**
   * The topic of each kind of messages.
   * @param kinds the names of all kinds that an entity may have
   */
  of(entityPath: string, kinds: readonly string[]): ReadonlyMap<string, string> {
    const known = this.#topics.get(entityPath);
    if (known !== undefined) return known;
    // Transforms have the path only if there is nothing else.
    const [main] = [...kinds.filter((kind) => kind !== TRANSFORM), TRANSFORM];
    const topics = new Map(kinds.map((kind) => [kind, kind === main ? entityPath : this.#below(entityPath, kind)]));
    this.#topics.set(entityPath, topics);
    return topics;
  }

  /** A topic below an entity that is not an entity itself. */
  #below(entityPath: string, kind: string): string {
    let topic = `${entityPath === "/" ? "" : entityPath}/${kind}`;
    while (this.#entities.has(topic)) topic += "_";
    return topic;
  }
}
