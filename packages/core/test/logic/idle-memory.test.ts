import { describe, expect, it } from "vitest";
import { IdleMemory } from "../../dist/batch/idle-memory.js";
import type { ChunkBuilder } from "../../dist/batch/chunk-builder.js";

const MIB = 1024 * 1024;

/** A builder that notes whether its memory was released. */
class FakeBuilder {
  rows = 0;
  isWriting = false;
  isEmitting = false;
  isReleased = false;

  releaseMemory(): void {
    this.isReleased = true;
  }
}

function send(memory: IdleMemory, builder: FakeBuilder, bytes: number): void {
  memory.onSent(builder as unknown as ChunkBuilder, bytes);
}

describe("the memory of builders without rows", () => {
  it("is limited over all entities, and the longest unused is released", () => {
    const memory = new IdleMemory();
    const builders = Array.from({ length: 40 }, () => new FakeBuilder());
    for (const builder of builders) send(memory, builder, MIB);
    const kept = builders.filter(({ isReleased }) => !isReleased);
    expect(kept).toEqual(builders.slice(-16));
  });

  it("is not released while rows are in it, and that of entities in use stays", () => {
    const memory = new IdleMemory();
    const [busy, used] = [new FakeBuilder(), new FakeBuilder()];
    send(memory, busy, MIB);
    busy.rows = 1;
    for (let round = 0; round < 100; round++) {
      send(memory, new FakeBuilder(), MIB);
      send(memory, used, MIB);
    }
    expect([busy.isReleased, used.isReleased]).toEqual([false, false]);
  });

  it("is forgotten once a builder has become small", () => {
    const memory = new IdleMemory();
    const shrinking = new FakeBuilder();
    send(memory, shrinking, 8 * MIB);
    for (let round = 0; round < 20; round++) send(memory, shrinking, 100);
    const builders = Array.from({ length: 16 }, () => new FakeBuilder());
    for (const builder of builders) send(memory, builder, MIB);
    expect(builders.some(({ isReleased }) => isReleased)).toBe(false);
    expect(shrinking.isReleased).toBe(false);
  });
});
