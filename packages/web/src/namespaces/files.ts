// The namespace `files`: archetypes and robots from files, and importers.
export * from "@rerun-ts/types/file-contents";
