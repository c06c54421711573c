import { typeText } from "../arrays/layout.ts";
import type { RecordingReader } from "../reading/recording-reader.ts";
import type { ReadOptions } from "../source/random-access.ts";
import type { ComponentColumn } from "../store/chunk-info.ts";
import { EntityComparison } from "./compare-entity.ts";
import { ComparedChunk } from "./compared-chunk.ts";
import { CountedLayouts } from "./counted-layout.ts";
import { equalEntities } from "./equal-entities.ts";
import { difference, type RecordingDifference, type ReportDifference } from "./recording-difference.ts";

/** Result of `compareRrd`. */
export interface CompareReport {
  /** Whether the recordings are equal. */
  readonly isEqual: boolean;
  /** The number of compared rows of the first recording. */
  readonly numRows: number;
  /** The number of differences. */
  readonly numDifferences: number;
  /** The first differences. */
  readonly differences: readonly RecordingDifference[];
}

export interface ComparisonRules extends ReadOptions {
  /** Whether a timeline or a component counts. */
  readonly counts: (name: string) => boolean;
  readonly countsEntity: (entityPath: string) => boolean;
  readonly tolerance: number;
  readonly ids: boolean;
  readonly chunks: boolean;
  readonly maxDifferences: number;
}

/** Limits of the chunks that are read together, in both recordings. Readers keep several times as much. */
const MAX_GROUP_CHUNKS = 8000;
const MAX_GROUP_BYTES = 8 * 1024 * 1024;

/** Compares two recordings, one entity after the other. */
export class RecordingComparison {
  readonly #actual: RecordingReader;
  readonly #expected: RecordingReader;
  readonly #rules: ComparisonRules;
  readonly #layouts: CountedLayouts;
  readonly #differences: RecordingDifference[] = [];
  #numDifferences = 0;

  constructor(actual: RecordingReader, expected: RecordingReader, rules: ComparisonRules) {
    this.#actual = actual;
    this.#expected = expected;
    this.#rules = rules;
    this.#layouts = new CountedLayouts(rules.counts);
  }

  /** Compares them. */
  async run(): Promise<CompareReport> {
    if (this.#rules.ids) this.#compareIds();
    this.#compareTimelines();
    this.#compareColumns();
    const readers = [this.#actual, this.#expected] as const;
    const { countsEntity } = this.#rules;
    const equal = await equalEntities(...readers, countsEntity, this.#layouts, this.#rules);
    const paths = new Set([...this.#actual.schema().entityPaths, ...this.#expected.schema().entityPaths]);
    let numRows = [...equal.values()].reduce((sum, rows) => sum + rows, 0);
    for (const group of entityGroups(
      [...paths].filter((path) => countsEntity(path) && !equal.has(path)),
      readers,
    )) {
      if (group.length > 1) for (const reader of readers) await reader.preload(group, this.#rules);
      for (const entityPath of group) numRows += await this.#compareEntity(entityPath);
    }
    const [numDifferences, differences] = [this.#numDifferences, this.#differences];
    return { isEqual: numDifferences === 0, numRows, numDifferences, differences };
  }

  readonly #report: ReportDifference = (found) => {
    this.#numDifferences++;
    if (this.#differences.length < this.#rules.maxDifferences) this.#differences.push(found);
  };

  #compareIds(): void {
    for (const name of ["applicationId", "recordingId"] as const) {
      const [is, must] = [this.#actual.info[name], this.#expected.info[name]];
      if (is !== must)
        this.#report(difference(`\`${name}\` is ${JSON.stringify(is)}, expected ${JSON.stringify(must)}`));
    }
  }

  /** Compares the types of timelines that both recordings have. Missing timelines show in the rows. */
  #compareTimelines(): void {
    const types = new Map(this.#expected.schema().indexes.map(({ name, type }) => [name, typeText(type)]));
    for (const { name, type } of this.#actual.schema().indexes) {
      const [is, must] = [typeText(type), types.get(name) ?? typeText(type)];
      if (this.#rules.counts(name) && is !== must)
        this.#report(difference(`the timeline \`${name}\` has the type ${is}, expected ${must}`));
    }
  }

  /** Compares the types of components that both recordings have. Missing components show in the rows. */
  #compareColumns(): void {
    const expected = new Map(this.#expected.schema().components.map((column) => [column.name, column]));
    for (const column of this.#actual.schema().components) {
      const { name, component, entityPath } = column;
      const other = expected.get(name);
      if (other === undefined || !this.#rules.counts(component) || !this.#rules.countsEntity(entityPath)) continue;
      for (const what of ["archetype", "componentType", "type"] as const) {
        const [is, must] = [textOf(column, what), textOf(other, what)];
        if (is !== must)
          this.#report(difference(`${name} has the ${NOUNS[what]} ${is}, expected ${must}`, { entityPath, component }));
      }
    }
  }

  async #compareEntity(entityPath: string): Promise<number> {
    const divisions: [string[], string[]] = [[], []];
    const open = (reader: RecordingReader, into: string[]): AsyncGenerator<ComparedChunk, void> =>
      comparedChunks(reader, entityPath, this.#rules, this.#layouts, into);
    const comparison = new EntityComparison(entityPath, this.#rules.tolerance, this.#report);
    const before = { count: this.#numDifferences, described: this.#differences.length };
    const chunks = [open(this.#actual, divisions[0]), open(this.#expected, divisions[1])] as const;
    let numRows = await comparison.compareInOrder(...chunks);
    if (numRows === undefined) {
      for (const each of chunks) await each.return();
      for (const texts of divisions) texts.length = 0;
      this.#numDifferences = before.count;
      this.#differences.length = before.described;
      numRows = await comparison.compareAll(open(this.#actual, divisions[0]), open(this.#expected, divisions[1]));
    }
    const [is, must] = divisions.map((texts) => texts.sort().join(", "));
    if (this.#rules.chunks && is !== must)
      this.#report(difference(`${entityPath}: the chunks are ${is}, expected ${must}`, { entityPath }));
    return numRows;
  }
}

/**
 * Groups entities whose chunks are few and small, and can be read together: those of a live recording alternate in the
 * file. The others are alone.
 */
function* entityGroups(
  paths: readonly string[],
  readers: readonly RecordingReader[],
): Generator<readonly string[], void, undefined> {
  let group: string[] = [];
  let chunks = 0;
  let bytes = 0;
  for (const path of paths) {
    const entityChunks = readers.flatMap((reader) => reader.entries.chunksByEntity.get(path) ?? []);
    const ownBytes = entityChunks.reduce((sum, { place }) => sum + place.length, 0);
    if (group.length > 0 && (chunks + entityChunks.length > MAX_GROUP_CHUNKS || bytes + ownBytes > MAX_GROUP_BYTES)) {
      yield group;
      group = [];
      chunks = bytes = 0;
    }
    group.push(path);
    chunks += entityChunks.length;
    bytes += ownBytes;
  }
  if (group.length > 0) yield group;
}

const NOUNS = { archetype: "archetype", componentType: "component type", type: "Arrow type" } as const;

function textOf(column: ComponentColumn, what: keyof typeof NOUNS): string {
  return what === "type" ? typeText(column.type) : (column[what] ?? "none");
}

/** The chunks of an entity. If their division counts, a description of each of them is added to `divisions`. */
async function* comparedChunks(
  reader: RecordingReader,
  entityPath: string,
  { chunks, signal }: ComparisonRules,
  layouts: CountedLayouts,
  divisions: string[],
): AsyncGenerator<ComparedChunk, void> {
  for await (const chunk of reader.rowsOf(entityPath, { signal })) {
    const layout = layouts.of(chunk.layout);
    if (chunks) {
      const names = [...layout.timelines, ...layout.components].map(({ name }) => name);
      divisions.push(`${chunk.rows} rows (${names.sort().join(" ")})`);
    }
    yield new ComparedChunk(chunk, layout);
  }
}
