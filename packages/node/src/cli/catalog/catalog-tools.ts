import type * as catalog from "@rerun-ts/arrow/catalog";
import { loadPart } from "../arrow-tools.ts";

export type {
  CatalogClient,
  CatalogQuery,
  CatalogQueryProgress,
  DatasetEntry,
  RegistrationResult,
  TableEntry,
} from "@rerun-ts/arrow/catalog";

/** Loads the package that reads catalogs. @throws {RerunError} `UNSUPPORTED` if it is missing */
export function loadCatalog(): Promise<typeof catalog> {
  return loadPart("`rerun-ts catalog`", (commands) => commands.loadCatalog());
}
