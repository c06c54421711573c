import { RecordingStream } from "@rerun-ts/core";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { Tensor, type TensorLike } from "@rerun-ts/types";
import { expect, it } from "vitest";

/** The shape and the values that are logged of a tensor. */
function logged(tensor: TensorLike): unknown {
  const recording = new RecordingStream("tensors", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("t", new Tensor(tensor));
  const [[data]] = valuesOf(memory.drainAsBytes(), "/t", "Tensor:data") as [
    [{ readonly shape: bigint[]; readonly buffer: unknown }],
  ];
  return { shape: data.shape.map(Number), buffer: data.buffer };
}

// The classes of the libraries have more than this, and some of it is private.
class TensorFlowTensor {
  readonly shape = [2, 2];
  readonly dtype = "float32";
  readonly id = 7;
  data(): Promise<Float32Array> {
    return Promise.resolve(this.dataSync());
  }
  dataSync(): Float32Array {
    return new Float32Array([1, 2, 3, 4]);
  }
}

class OnnxTensor {
  readonly dims = [1, 3];
  readonly type: string;
  readonly data: Float32Array | Uint16Array;
  constructor(type: string, data: Float32Array | Uint16Array) {
    this.type = type;
    this.data = data;
  }
}

/** A view as `ndarray` makes them: here the columns of a matrix of 2 × 3, without the first one. */
class Ndarray {
  readonly data = new Int16Array([0, 1, 2, 3, 4, 5]);
  readonly shape = [2, 2];
  readonly stride = [1, 3];
  readonly offset = 1;
}

it("a tensor of TensorFlow.js is logged as it is", () => {
  expect(logged(new TensorFlowTensor())).toEqual({ shape: [2, 2], buffer: [1, 2, 3, 4] });
});

it("a tensor of ONNX Runtime or Transformers.js is logged as it is", () => {
  expect(logged(new OnnxTensor("float32", new Float32Array([1, 2, 3])))).toEqual({ shape: [1, 3], buffer: [1, 2, 3] });
  const halves = new Uint16Array([0x3c00, 0x4000, 0x4200]);
  expect(logged(new OnnxTensor("float16", halves))).toMatchObject({ shape: [1, 3] });
});

it("a view of ndarray is logged in the order of its axes", () => {
  expect(logged(new Ndarray())).toEqual({ shape: [2, 2], buffer: [1, 4, 2, 5] });
});
