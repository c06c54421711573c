import { CallbackSink, Scalars, type RecordingStream, type types } from "@rerun-ts/web";
import { useLog, useRecording, type UseRecordingOptions } from "@rerun-ts/react";
import { StrictMode, act, createElement, useEffect, useState, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";

// React then lets `act` wait for effects.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe("the hooks for React", () => {
  let root: Root;
  let created: { readonly recording: RecordingStream; readonly memory: types.MemoryRecording }[];
  let problems: string[];
  const options: UseRecordingOptions = {
    sendProperties: false,
    onWarning: ({ message }) => problems.push(message),
    onError: ({ message }) => problems.push(message),
    setup: (recording) => created.push({ recording, memory: recording.memoryRecording() }),
  };

  beforeEach(() => {
    created = [];
    problems = [];
    root = createRoot(document.createElement("div"));
  });
  afterEach(async () => {
    await act(async () => root.unmount());
    expect(problems).toEqual([]);
  });

  /** Renders in strict mode, and waits for the effects. */
  async function render(element: ReactElement | null): Promise<void> {
    await act(async () => root.render(createElement(StrictMode, null, element)));
  }

  function scalars(entity: string): unknown[] {
    return created.flatMap(({ memory }) => valuesOf(memory.drainAsBytes(), entity, "Scalars:scalars")).flat(2);
  }

  interface CounterProps {
    readonly count: number;
    readonly id?: string;
  }

  function Counter({ count, id }: CounterProps): null {
    const recording = useRecording("react", { ...options, ...(id !== undefined && { recordingId: id }) });
    useLog(recording, "count", () => new Scalars(count), [count]);
    useLog(recording, ["rendered"], () => new Scalars(count));
    return null;
  }

  it("create one recording in strict mode, and log each change once", async () => {
    await render(createElement(Counter, { count: 1 }));
    await render(createElement(Counter, { count: 1 }));
    await render(createElement(Counter, { count: 2 }));
    expect(created).toHaveLength(1);
    const { memory } = created[0] as (typeof created)[0];
    const rrd = memory.drainAsBytes();
    expect(valuesOf(rrd, "/count", "Scalars:scalars")).toEqual([[1], [2]]);
    expect(valuesOf(rrd, "/rendered", "Scalars:scalars")).toEqual([[1], [1], [2]]);
  });

  it("log the rows of a component that is unmounted at once, and close its recording", async () => {
    await render(createElement(Counter, { count: 1 }));
    await render(null);
    await expect.poll(() => created[0]?.recording.state).toBe("closed");
    expect(created).toHaveLength(1);
    expect(scalars("/count")).toEqual([1]);
  });

  it("create a new recording for a component that is mounted again, or has another id", async () => {
    await render(createElement(Counter, { count: 1, id: "a" }));
    await render(createElement(Counter, { count: 1, id: "b" }));
    expect(created.map(({ recording }) => [recording.recordingId, recording.state])).toEqual([
      ["a", "closed"],
      ["b", "open"],
    ]);
    await render(null);
    await expect.poll(() => created[1]?.recording.state).toBe("closed");
    await render(createElement(Counter, { count: 1, id: "b" }));
    expect(created).toHaveLength(3);
    expect(scalars("/count")).toEqual([1, 1, 1]);
  });

  it("keep the recording of a component whose key changes apart from that of its successor", async () => {
    await render(createElement(Counter, { key: "first", count: 1 }));
    await render(createElement(Counter, { key: "second", count: 2 }));
    await expect.poll(() => created.map(({ recording }) => recording.state)).toEqual(["closed", "open"]);
    expect(created.map(({ memory }) => valuesOf(memory.drainAsBytes(), "/count", "Scalars:scalars"))).toEqual([
      [[1]],
      [[2]],
    ]);
  });

  it("share a recording with the components below, which log what they have", async () => {
    function Child({ recording, name }: { recording: RecordingStream | undefined; name: string }): null {
      useLog(recording, [name], () => (name === "none" ? undefined : new Scalars(7)), []);
      return null;
    }
    function Parent(): ReactElement[] {
      const recording = useRecording("react", options);
      return ["x y", "none"].map((name) => createElement(Child, { key: name, recording, name }));
    }
    await render(createElement(Parent));
    expect(scalars("/x\\ y")).toEqual([7]);
  });

  it("throw what the setup throws in the component, with the recording closed", async () => {
    let recording: RecordingStream | undefined;
    function Failing(): null {
      const setup = (given: RecordingStream): never => {
        recording = given;
        void given.setSink(new CallbackSink(() => {}));
        throw new Error("no sink");
      };
      useRecording("react", { ...options, setup });
      return null;
    }
    await expect(act(async () => root.render(createElement(Failing)))).rejects.toThrow("no sink");
    expect(recording?.state).toBe("closed");
  });

  it("log effects of a component that sets its own state", async () => {
    function Stepper(): null {
      const recording = useRecording("react", options);
      const [step, setStep] = useState(0);
      useEffect(() => {
        if (step < 3) setStep(step + 1);
      }, [step]);
      useLog(recording, "step", () => new Scalars(step), [step]);
      return null;
    }
    await render(createElement(Stepper));
    expect(scalars("/step").at(-1)).toBe(3);
  });
});
