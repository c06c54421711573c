import * as rr from "@rerun-ts/node";

/** A source of random integers below a limit. */
export type Random = (below: number) => number;

const ENTITIES = ["a", "a/b", "a/b/c", "a10", "a2", "Z", "p q", ""] as const;

/** The timelines of random recordings, with how the numbers on them become times. */
export const TIMELINES: Readonly<Record<string, (value: number) => rr.types.TimeValue>> = {
  f: (value) => value,
  g: (value) => value * 1000 - 5000,
  d: (value) => ({ duration: { millis: value * 250 } }),
  t: (value) => ({ timestamp: { seconds: 1_700_000_000 + value * 100_000_000 } }),
};

/** Logs at random, the same for the same seed: rows, columns, static values and clears of few entities and times. */
export function randomRecording(random: Random, recordingId = "random"): Uint8Array {
  const recording = new rr.RecordingStream("queries", {
    recordingId,
    strict: true,
    batcher: random(2) === 0 ? { flushNumRows: 1 + random(8) } : {},
  });
  const memory = recording.memoryRecording();
  const steps = 5 + random(60);
  const staticRate = random(4);
  for (let step = 0; step < steps; step++) logStep(recording, random, staticRate);
  return memory.drainAsBytes();
}

function logStep(recording: rr.RecordingStream, random: Random, staticRate: number): void {
  const entity = ENTITIES[random(ENTITIES.length)] as string;
  if (random(12) < staticRate) return recording.log(entity, randomValue(random), { static: true });
  if (random(10) === 0) return logColumns(recording, random, entity);
  for (const [name, time] of Object.entries(TIMELINES)) {
    // `log_time` stays, so no row is without a time.
    if (random(3) === 0) recording.disableTimeline(name);
    else recording.setTime(name, time(random(12)));
  }
  recording.log(entity, random(7) === 0 ? new rr.Clear({ recursive: random(2) === 0 }) : randomValue(random));
}

function logColumns(recording: rr.RecordingStream, random: Random, entity: string): void {
  const times = Array.from({ length: 1 + random(6) }, () => random(12));
  recording.sendColumns(
    entity,
    [rr.TimeColumn.sequence("f", times)],
    rr.Scalars.columns({ scalars: times.map(() => random(1000) / 8) }),
  );
}

function randomValue(random: Random): rr.types.AsComponents {
  const numbers = (count: number): number[] => Array.from({ length: count }, () => random(100) / 4);
  switch (random(8)) {
    case 0:
      return new rr.Points2D(
        Array.from({ length: random(4) }, () => [random(10), random(10)] as const),
        {
          ...(random(2) === 0 && { colors: [random(256), 0, 0] }),
          ...(random(2) === 0 && { labels: ["ä", "b"].slice(random(2)) }),
        },
      );
    case 1:
      return rr.Points2D.fromFields({ radii: numbers(random(3)) });
    case 2:
      return new rr.TextLog(`line ${random(100)}`, { level: "INFO" });
    case 3:
      return new rr.AnyValues({ flags: [random(2) === 0, true], name: `n${random(5)}` });
    case 4:
      return new rr.Tensor({ data: new Uint8Array(numbers(4)), shape: [2, 2] });
    case 5:
      return rr.Points2D.fromFields({ colors: [], labels: random(2) === 0 ? ["x"] : null });
    default:
      return new rr.Scalars(numbers(1 + random(3)));
  }
}
