// The door for the sibling packages: nothing here is promised to users.
export {
  Archetype,
  columnsOf,
  defineArchetype,
  updateOf,
  type ArchetypeDefinition,
  type FieldValues,
} from "./define/archetype.ts";
