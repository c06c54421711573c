import type { CatalogClient, DatasetEntry, RegistrationResult } from "@rerun-ts/catalog";
import { RerunError } from "@rerun-ts/core";
import { fileURLToPath } from "node:url";
import { openRrd } from "@rerun-ts/reading";

/** A catalog in memory that notes what it is asked to change. */
export class FakeCatalog {
  /** The URL of each layer, by the names of datasets. */
  readonly datasets: Map<string, Map<string, string>> = new Map();
  /** The changes: `+` and `-`, the dataset, and the layers. */
  readonly changes: string[] = [];
  /** The number of calls that registered something. */
  calls = 0;
  /** Layers that are refused. */
  refuses: (layer: string) => boolean = () => false;
  /** Whether files with another type in a column are refused. */
  comparesTypes = true;
  /** Whether one layer that is refused makes the whole call fail. */
  failsWhole = false;
  /** The error of the connection with which all registrations fail. */
  connectionError: RerunError | undefined;
  /** The types of the columns of each file that was registered. */
  readonly #columns = new Map<string, ReadonlyMap<string, string>>();
  #generation = 0;

  /** Forgets everything, as a restarted server does. */
  restart(): void {
    this.datasets.clear();
    this.#generation++;
  }

  /** The layers of a dataset, in the order of their names. */
  layersOf(name: string): string[] {
    return [...(this.datasets.get(name) ?? new Map<string, string>()).keys()].sort();
  }

  get client(): CatalogClient {
    const client: Partial<CatalogClient> = {
      datasets: async () => [...this.datasets.keys()].map((name) => this.entry(name)),
      createDataset: async (name) => {
        if (!this.datasets.has(name)) this.datasets.set(name, new Map());
        return this.entry(name);
      },
      getDataset: async (query) => {
        const name = typeof query === "string" ? query : query.id?.slice(0, query.id.lastIndexOf("#"));
        if (name === undefined || !this.datasets.has(name)) throw new RerunError("NOT_FOUND", "no such dataset");
        return this.entry(name);
      },
    };
    return client as CatalogClient;
  }

  entry(name: string): DatasetEntry {
    const layers = (): Map<string, string> => this.datasets.get(name) as Map<string, string>;
    const register = async (
      urls: readonly string[],
      { layerName }: { readonly layerName: readonly string[] },
    ): Promise<readonly RegistrationResult[]> => {
      this.calls++;
      if (this.connectionError !== undefined) throw this.connectionError;
      if (this.failsWhole && layerName.some(this.refuses)) throw new RerunError("SERVER", "one does not fit");
      const results: RegistrationResult[] = [];
      for (const [index, layer] of layerName.entries()) {
        const url = urls[index] ?? "";
        const isRefused = this.refuses(layer) || !(await this.#fits(layers(), url));
        const error = isRefused ? new RerunError("SERVER", `${layer} does not fit`) : undefined;
        if (error === undefined) layers().set(layer, url);
        results.push({ url, segmentId: "one", layer, error });
      }
      const added = results.filter(({ error }) => error === undefined).map(({ layer }) => layer);
      if (added.length > 0) this.changes.push(`+ ${name} ${added.sort().join(" ")}`);
      return results;
    };
    const entry = {
      id: `${name}#${this.#generation}`,
      register,
      unregister: async ({ layersToDrop }: { readonly layersToDrop: string | readonly string[] }) => {
        const dropped = [layersToDrop].flat();
        for (const layer of dropped) layers().delete(layer);
        this.changes.push(`- ${name} ${dropped.sort().join(" ")}`);
      },
      manifest: async () => {
        const columns: Record<string, readonly string[]> = {
          rerun_layer_name: [...layers().keys()],
          rerun_storage_url: [...layers().values()],
        };
        return { getChild: (column: string) => columns[column] ?? null };
      },
      blueprints: async () => [],
      schema: async () => {
        const components = [...layers().values()].flatMap((url) => [...(this.#columns.get(url) ?? [])]);
        return { indexes: [], components: components.map(([column, type]) => ({ name: column, type })) };
      },
    };
    return entry as unknown as DatasetEntry;
  }

  /** Whether a file has no column with another type than in the files of a dataset. */
  async #fits(layers: ReadonlyMap<string, string>, url: string): Promise<boolean> {
    if (!this.comparesTypes) return true;
    const columns = new Map<string, string>();
    try {
      await using file = await openRrd(fileURLToPath(url));
      for (const { name, type } of file.recording().schema().components) columns.set(name, String(type as unknown));
    } catch {
      // Some tests have no files.
    }
    this.#columns.set(url, columns);
    const known = [...layers.values()].map((other) => this.#columns.get(other));
    return [...columns].every(([name, type]) => known.every((other) => (other?.get(name) ?? type) === type));
  }
}
