// The entry point `@rerun-ts/types/archetype-names`, for `blueprint`. It is not part of the public API.
export { archetypeNameOf } from "./define/archetype.ts";
