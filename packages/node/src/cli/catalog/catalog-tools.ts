import type * as catalog from "@rerun-ts/arrow/catalog";
import { RerunError } from "@rerun-ts/core";

export type {
  CatalogClient,
  CatalogQuery,
  CatalogQueryProgress,
  DatasetEntry,
  RegistrationResult,
  TableEntry,
} from "@rerun-ts/arrow/catalog";

/** Loads the package that reads catalogs. @throws {RerunError} `UNSUPPORTED` if it is missing */
export async function loadCatalog(): Promise<typeof catalog> {
  try {
    const commands = await import("@rerun-ts/arrow/commands");
    return await commands.loadCatalog();
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "`rerun-ts catalog` needs the package: npm install @rerun-ts/arrow", {
      cause: error,
    });
  }
}
