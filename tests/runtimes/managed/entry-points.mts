// The tests write the imports of all entry points here.
export type EntryPoints = [];
