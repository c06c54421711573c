import { RerunError } from "@rerun-ts/core";
import { maskUrl } from "@rerun-ts/core/checks";
import type { CatalogCallOptions } from "./catalog-calls.ts";
import { checkNonEmptyText, checkUrl } from "./check-texts.ts";

/** A dataset in which files can be registered. */
interface RegisteringDataset {
  register(
    url: string,
    options: CatalogCallOptions & { readonly onDuplicate: "replace" },
  ): { wait(): Promise<readonly string[]> };
}

/** The hidden dataset of an entry for its layouts or assets. */
export interface HiddenDataset<Dataset extends RegisteringDataset> {
  /** The entry, for messages. */
  readonly title: string;
  readonly contents: "blueprints" | "assets";
  /** Opens the dataset that the entry names, if it names one. */
  open(options: CatalogCallOptions): Promise<Dataset | undefined>;
  /** Updates the entry without a change. A server then creates the datasets that an older entry lacks. */
  create(options: CatalogCallOptions): Promise<void>;
}

/** Registers a file in a hidden dataset. A file of the same recording is replaced. Returns the id of its segment. */
export async function registerHidden<Dataset extends RegisteringDataset>(
  hidden: HiddenDataset<Dataset>,
  url: string,
  options: CatalogCallOptions,
): Promise<{ readonly dataset: Dataset; readonly id: string }> {
  checkUrl("url", url);
  let dataset = await hidden.open(options);
  if (dataset === undefined) {
    await hidden.create(options);
    dataset = await hidden.open(options);
  }
  if (dataset === undefined) throw new RerunError("UNSUPPORTED", `${hidden.title} has no place for ${hidden.contents}`);
  const [id] = await dataset.register(url, { ...options, onDuplicate: "replace" }).wait();
  if (id === undefined) throw new RerunError("SERVER", `cannot register ${maskUrl(url)}: the server gave no result`);
  return { dataset, id };
}

/** The name of a layout, or `undefined` for none. @throws {TypeError} if it is neither */
export function layoutName(name: string | null | undefined): string | undefined {
  return name === undefined || name === null
    ? undefined
    : checkNonEmptyText("name", name, "the name of a layout, or undefined");
}

/** The details of an entry with other segments for some names. `undefined` removes a name. */
export function withSegments(
  details: object | undefined,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const kept = Object.entries(details ?? {}).filter(([name]) => name !== "$typeName" && !(name in changes));
  const set = Object.entries(changes).flatMap(([name, id]) => (id === undefined ? [] : [[name, { id }] as const]));
  return Object.fromEntries([...kept, ...set]);
}
