export * from "./logging.ts";
export type * from "./value-types.ts";
export * from "./file-contents.ts";
export * as video from "./video.ts";
export * as blueprint from "./gen/blueprint.ts";
