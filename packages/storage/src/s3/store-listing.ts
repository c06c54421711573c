import { checkFolder, checkPrefix, isKey } from "../store/keys.ts";
import type { ListObjectsOptions, ObjectInfo, StoreOptions } from "../store/object-store.ts";
import { parseListPage, type ListPage } from "./list-objects.ts";
import type { S3Requests } from "./s3-requests.ts";

/** The objects of a store whose keys begin with a prefix. */
export async function* listStoredObjects(
  requests: S3Requests,
  prefix: string,
  { startAfter = "", signal }: ListObjectsOptions = {},
): AsyncGenerator<ObjectInfo> {
  const { prefix: own } = requests.location;
  const search = startAfter === "" ? {} : { "start-after": own + startAfter };
  for await (const { objects } of pagesOf(requests, prefix, search, signal))
    for (const object of objects) {
      const key = object.key.slice(own.length);
      // Others belong to somebody else. Servers sort them differently, or cannot tell their characters.
      if (isKey(key)) yield { ...object, key };
    }
}

/** The folders in a folder of a store, each with a slash at its end. */
export async function* listStoredFolders(
  requests: S3Requests,
  prefix: string,
  { signal }: StoreOptions = {},
): AsyncGenerator<string> {
  const folder = requests.location.prefix + checkFolder(prefix);
  let last = "";
  for await (const { folders, objects } of pagesOf(requests, prefix, { delimiter: "/" }, signal)) {
    // Servers that ignore the delimiter list the objects in the folders instead.
    const names = objects.map(({ key }) => key.slice(0, key.indexOf("/", folder.length) + 1));
    for (const name of folders.length > 0 ? folders : names) {
      if (name.length <= folder.length || name === last || !isKey(name.slice(folder.length, -1))) continue;
      yield name.slice(requests.location.prefix.length);
      last = name;
    }
  }
}

/** The pages of a list of objects or folders. */
async function* pagesOf(
  requests: S3Requests,
  prefix: string,
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListPage> {
  checkPrefix(prefix);
  const { prefix: storePrefix } = requests.location;
  const doing = `cannot list ${requests.location.url}/${prefix}`;
  let next: string | undefined;
  do {
    const search = {
      "list-type": "2",
      prefix: storePrefix + prefix,
      ...settings,
      ...(next === undefined ? {} : { "continuation-token": next }),
    };
    const response = await requests.call({ method: "GET", request: "list", doing, search, signal });
    if (response.status !== 200) throw requests.rejection(response, doing);
    const page = parseListPage(new TextDecoder().decode(response.body), next);
    yield page;
    next = page.next;
  } while (next !== undefined);
}
