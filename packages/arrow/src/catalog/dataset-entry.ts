import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { DataSourceKind, IfDuplicateBehavior, cloudService, type DatasetEntryMessage } from "@rerun-ts/core/cloud";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { entryDetails, type EntryDetails } from "./catalog-entry.ts";
import { checkText, checkTexts } from "./check-texts.ts";
import { DatasetContents } from "./dataset-contents.ts";
import { entryIdMessage, entryIdText } from "./entry-id.ts";
import { RegistrationOperation, type RegisteringSource } from "./registration.ts";
import { batchesOfPart, textsOf } from "./server-tables.ts";
import { endedTasks, type WaitOptions } from "./tasks.ts";

/** Options of {@link DatasetEntry.register} and {@link DatasetEntry.registerPrefix}. */
export interface RegisterOptions extends CatalogCallOptions {
  /** The layer of the recordings, or one for each of them. Default `"base"`. */
  layerName?: string | readonly string[] | undefined;
  /** Whether a recording whose layer is there already fails, is skipped, or replaces it. Default `"error"`. */
  onDuplicate?: "error" | "skip" | "replace" | undefined;
}

/** Options of {@link DatasetEntry.unregister}. At least one of the lists must have an element. */
export interface UnregisterOptions extends WaitOptions {
  /** The ids of the segments. Default: all. */
  segmentsToDrop?: string | readonly string[] | undefined;
  /** The names of the layers. Default: all. */
  layersToDrop?: string | readonly string[] | undefined;
  /** Whether to drop what is being registered, too. Default `false`. */
  force?: boolean | undefined;
}

const ON_DUPLICATE: Readonly<Record<NonNullable<RegisterOptions["onDuplicate"]>, IfDuplicateBehavior>> = {
  error: IfDuplicateBehavior.ERROR,
  skip: IfDuplicateBehavior.SKIP,
  replace: IfDuplicateBehavior.OVERWRITE,
};
const REGISTER = { layerName: 1, onDuplicate: 1, signal: 1 } as const;

/** A dataset of a catalog: recordings, which are its segments, each in one or several layers. */
export class DatasetEntry extends DatasetContents {
  #message: DatasetEntryMessage;

  /** @internal Datasets come from a `CatalogClient`. */
  constructor(calls: CatalogCalls, details: EntryDetails, message: DatasetEntryMessage) {
    super(calls, details);
    this.#message = message;
  }

  /** The storage of the dataset on the server, if it says so. */
  get manifestUrl(): string | undefined {
    return this.#message.datasetHandle?.datasetUrl;
  }

  /**
   * Registers recordings. Only the first recording of each file counts, and its id is that of the segment. The result
   * is awaited: see {@link RegistrationOperation}.
   *
   * @param urls the URLs of the files as the server reads them, such as `file:///data/a.rrd`
   * @throws {TypeError} if an argument is wrong
   */
  register(urls: string | readonly string[], options: RegisterOptions = {}): RegistrationOperation {
    const all = checkTexts("urls", urls, "URLs");
    checkOptions("register", options, REGISTER);
    const layers = layersOf(options.layerName, all.length);
    for (const url of all) checkUrl(url);
    const sources = all.map((storageUrl, index) => ({ storageUrl, layer: layers[index] ?? "base" }));
    return this.#register(sources, options);
  }

  /**
   * Registers all recordings whose URLs begin with a prefix, such as a folder, at any depth.
   *
   * @param prefix the common part of the URLs, such as `file:///data/today/`
   * @throws {TypeError} if an argument is wrong
   */
  registerPrefix(prefix: string, options: RegisterOptions & { layerName?: string } = {}): RegistrationOperation {
    checkOptions("registerPrefix", options, REGISTER);
    checkUrl(checkText("prefix", prefix, "a URL"));
    const [layer = "base"] = layersOf(options.layerName, 1);
    return this.#register([{ storageUrl: prefix, layer, prefix: true }], options);
  }

  #register(
    sources: readonly { readonly storageUrl: string; readonly layer: string; readonly prefix?: boolean }[],
    options: RegisterOptions,
  ): RegistrationOperation {
    const { onDuplicate = "error", signal } = options;
    if (!Object.hasOwn(ON_DUPLICATE, onDuplicate))
      throw invalidArgument("onDuplicate", '"error", "skip" or "replace"', onDuplicate);
    const doing = `register ${sources.length === 1 ? sources[0]?.storageUrl : `${sources.length} recordings`} in ${this.title}`;
    return new RegistrationOperation(this.calls, doing, { signal }, async () => {
      if (sources.length === 0) return [];
      const dataSources = sources.map((source) => ({ ...source, typ: DataSourceKind.RRD }));
      const message = { dataSources, onDuplicate: ON_DUPLICATE[onDuplicate] };
      const call = { doing, entryId: this.id, signal };
      const { data } = await this.calls.unary(cloudService.method.registerWithDataset, message, call);
      return batchesOfPart(data).flatMap((batch) => {
        const column = (name: string): readonly (string | undefined)[] => textsOf(batch, name);
        const [urls, segments] = [column("rerun_storage_url"), column("rerun_segment_id")];
        const [layers, tasks] = [column("rerun_segment_layer"), column("rerun_task_id")];
        return urls.map((url = "", row): RegisteringSource => {
          return { url, segmentId: segments[row] ?? "", layer: layers[row] ?? "", taskId: tasks[row] ?? "" };
        });
      });
    });
  }

  /**
   * Removes layers of segments: those that are in both lists. A segment without layers is gone. What is not there is
   * ignored, and the files stay. Resolves when it is done.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if neither segments nor layers are given, `SERVER` if a task of the server
   * fails, `TIMEOUT`, or the error of the connection
   */
  unregister(options: UnregisterOptions): Promise<void> {
    return withRerunErrors(async () => {
      checkOptions("unregister", options, {
        segmentsToDrop: 1,
        layersToDrop: 1,
        force: "boolean",
        signal: 1,
        timeoutMs: 1,
      });
      const { segmentsToDrop = [], layersToDrop = [], force = false, ...wait } = options;
      const segments = checkTexts("segmentsToDrop", segmentsToDrop, "ids of segments");
      const layers = checkTexts("layersToDrop", layersToDrop, "names of layers");
      if (segments.length + layers.length === 0)
        throw invalidArgument("segmentsToDrop", "a non-empty list, or `layersToDrop` must be one", segmentsToDrop);
      await this.#unregister(segments, layers, force, wait);
    });
  }

  async #unregister(
    segments: readonly string[],
    layers: readonly string[],
    force: boolean,
    options: WaitOptions,
  ): Promise<void> {
    const call = this.call("unregister recordings from", options);
    const message = { segmentsToDrop: segments.map((id) => ({ id })), layersToDrop: [...layers], force };
    const tasks: string[] = [];
    for await (const { taskId } of this.calls.responses(cloudService.method.unregisterFromDataset, message, call))
      if (taskId !== undefined) tasks.push(taskId.id);
    for await (const { error } of endedTasks(this.calls, [...new Set(tasks)], call.doing, options))
      if (error !== undefined) throw new RerunError("SERVER", `cannot ${call.doing}: ${error}`);
  }

  protected drop(segments: readonly string[], layers: readonly string[], options: CatalogCallOptions): Promise<void> {
    return this.#unregister(segments, layers, false, options);
  }
}

function layersOf(layerName: string | readonly string[] = "base", count: number): readonly string[] {
  const layers = checkTexts("layerName", layerName, "names of layers");
  if (typeof layerName === "string") return Array.from({ length: count }, () => layerName);
  if (layers.length !== count) throw invalidArgument("layerName", `one name, or ${count} names`, layerName);
  return layers;
}

/** A server cannot know the folder of this program. */
function checkUrl(url: string): void {
  if (!/^[a-z][a-z\d+.-]+:/i.test(url)) throw invalidArgument("urls", "absolute URLs, such as file:///data/a.rrd", url);
}

/** Opens the dataset with an id. Rejects with `NOT_FOUND` if there is none. */
export async function readDataset(
  calls: CatalogCalls,
  id: string,
  doing: string,
  options: CatalogCallOptions,
): Promise<DatasetEntry> {
  const { dataset } = await calls.unary(
    cloudService.method.readDatasetEntry,
    {},
    { ...options, doing, entryId: entryIdText(entryIdMessage(id) as never) },
  );
  return datasetOf(calls, dataset);
}

/** The dataset of a message. */
export function datasetOf(calls: CatalogCalls, message: DatasetEntryMessage | undefined): DatasetEntry {
  const details = entryDetails(message?.details);
  if (message === undefined || details === undefined)
    throw new RerunError("INVALID_FORMAT", "the catalog sent something else than a dataset");
  return new DatasetEntry(calls, details, message);
}
