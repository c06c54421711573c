import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, maskUrl, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { DataSourceKind, IfDuplicateBehavior, cloudService } from "./catalog-service.ts";
import type { CatalogCallOptions } from "./catalog-calls.ts";
import { checkNonEmptyText, checkTexts, checkUrl } from "./check-texts.ts";
import { DatasetContents } from "./dataset-contents.ts";
import { RegistrationOperation, type RegisteringSource, type RegistrationResult } from "./registration.ts";
import { batchesOfPart, textsOf } from "./server-tables.ts";
import { endedTasks, type WaitOptions } from "./tasks.ts";
import { uploadObject, type StageOptions, type UploadSource } from "./upload.ts";

/** Options of {@link DatasetEntry.register} and {@link DatasetEntry.registerPrefix}. */
export interface RegisterOptions extends CatalogCallOptions {
  /** The layer of the recordings, or one for each of them. Default `"base"`. */
  layerName?: string | readonly string[] | undefined;
  /**
   * The policy for a recording whose layer exists already: it fails, is skipped, or replaces the layer. Default
   * `"error"`.
   */
  onDuplicate?: "error" | "skip" | "replace" | undefined;
}

/** Options of {@link DatasetEntry.unregister}. At least one of the lists must have an element. */
export interface UnregisterOptions extends WaitOptions {
  /** The ids of the segments. Default: all. */
  segmentsToDrop?: string | readonly string[] | undefined;
  /** The names of the layers. Default: all. */
  layersToDrop?: string | readonly string[] | undefined;
  /** Whether to drop unfinished registrations, too. Default `false`. */
  force?: boolean | undefined;
}

/** Options of {@link DatasetEntry.upload}. */
export interface UploadOptions extends StageOptions, Omit<RegisterOptions, "layerName"> {
  /** The layer of the recording. Default `"base"`. */
  layerName?: string | undefined;
  /**
   * Whether to use a recording that was uploaded with this key before, instead of sending it again. Default `false`: an
   * existing key is an error.
   */
  resume?: boolean | undefined;
}

const ON_DUPLICATE: Readonly<Record<NonNullable<RegisterOptions["onDuplicate"]>, IfDuplicateBehavior>> = {
  error: IfDuplicateBehavior.ERROR,
  skip: IfDuplicateBehavior.SKIP,
  replace: IfDuplicateBehavior.OVERWRITE,
};
const UPLOAD: OptionNames<UploadOptions> = {
  key: 1,
  layerName: 1,
  onDuplicate: 1,
  onProgress: "function",
  resume: "boolean",
  signal: 1,
};
const REGISTER = { layerName: 1, onDuplicate: 1, signal: 1 } as const;

/** Adds recordings to a dataset, and removes them. */
export abstract class DatasetRegistrations extends DatasetContents {
  /**
   * Registers recordings. Only the first recording of each file counts, and its id becomes the id of the segment. The
   * result can be awaited: see {@link RegistrationOperation}.
   *
   * @param urls the URLs of the files as the server reads them, such as `file:///data/a.rrd`
   * @throws {TypeError} if an argument is wrong
   */
  register(urls: string | readonly string[], options: RegisterOptions = {}): RegistrationOperation {
    const all = checkTexts("urls", urls, "URLs");
    checkOptions("register", options, REGISTER);
    const layers = layersOf(options.layerName, all.length);
    for (const url of all) checkUrl("urls", url);
    const sources = all.map((storageUrl, index) => ({ storageUrl, layer: layers[index] ?? "base" }));
    return this.#register(sources, options);
  }

  /**
   * Registers all recordings whose URLs begin with a prefix, such as a folder, at any depth.
   *
   * @param prefix the common part of the URLs, such as `file:///data/today/`
   * @throws {TypeError} if an argument is wrong
   */
  registerPrefix(
    prefix: string,
    options: RegisterOptions & { layerName?: string | undefined } = {},
  ): RegistrationOperation {
    checkOptions("registerPrefix", options, REGISTER);
    checkUrl("prefix", prefix);
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
    const doing = `register ${sources.length === 1 ? maskUrl(sources[0]?.storageUrl ?? "") : `${sources.length} recordings`} in ${this.title}`;
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
   * Removes the layers `layersToDrop` of the segments `segmentsToDrop`. A segment without layers disappears. Missing
   * segments and layers are ignored, and the files stay. Resolves when the server is done.
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

  /**
   * Uploads a recording to the storage of the catalog, and registers it. From a page, too: with a `File` that the user
   * has chosen, or a recording in the origin private file system.
   *
   * @throws {RerunError} `ALREADY_EXISTS` if the key or the segment is taken, `UNSUPPORTED` if the server takes no
   * uploads, `NOT_FOUND` or `IO_ERROR` if the file cannot be read, or the error of the connection
   */
  upload(source: UploadSource, options: UploadOptions): Promise<RegistrationResult> {
    return withRerunErrors(async () => {
      checkOptions("upload", options, UPLOAD);
      const { key, layerName = "base", onDuplicate, onProgress, resume = false, signal } = options;
      const known = resume ? await this.#uploaded(checkNonEmptyText("key", key), layerName, { signal }) : undefined;
      if (known !== undefined) return known;
      const url = await uploadObject(this.calls, source, { key, onProgress, signal });
      const [result] = await this.register([url], { layerName, onDuplicate, signal });
      if (result === undefined)
        throw new RerunError("SERVER", `cannot register ${maskUrl(url)}: the server gave no result`);
      if (result.error !== undefined) throw result.error;
      return result;
    });
  }

  /** The layer that an upload with a key has made already. */
  async #uploaded(key: string, layer: string, options: CatalogCallOptions): Promise<RegistrationResult | undefined> {
    const table = await this.manifest(options);
    const texts = ["rerun_storage_url", "rerun_layer_name", "rerun_segment_id"].map((name) =>
      [...((table.getChild(name) ?? []) as Iterable<unknown>)].map(String),
    );
    const [urls = [], layers = [], segments = []] = texts;
    const row = urls.findIndex((url, at) => url.endsWith(`/${key}`) && layers[at] === layer);
    if (row < 0) return undefined;
    return { url: urls[row] ?? "", segmentId: segments[row] ?? "", layer, error: undefined };
  }
}

function layersOf(layerName: string | readonly string[] = "base", count: number): readonly string[] {
  const layers = checkTexts("layerName", layerName, "names of layers");
  if (typeof layerName === "string") return Array.from({ length: count }, () => layerName);
  if (layers.length !== count) throw invalidArgument("layerName", `one name, or ${count} names`, layerName);
  return layers;
}
