import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

/** The folder in which the tools assemble the site: its pages, and the root folder of VitePress. */
export const WORK: string = join(root, ".cache/site");
/** The Markdown pages of the site, with their images. */
export const PAGES: string = join(WORK, "pages");
/** The files that are served as they are, such as images. */
export const PUBLIC: string = join(WORK, "public");
/** The files that the playground loads: its examples and the types of the packages. */
export const PLAYGROUND_DATA: string = join(WORK, "playground");
/** The API reference, which typedoc writes. */
export const API: string = join(root, ".cache/api");
/** The finished site. */
export const SITE: string = join(root, "docs/dist");
