import { flatTensors, type TensorsLike } from "../codecs/tensors.ts";
import { defineComponent, type Component, type ValueOf } from "../define/codec.ts";
import type { TensorData as AnyTensorData } from "../gen/components/tensor-data.ts";

/** The component `rerun.components.TensorData` for fields whose values are a list, and no table. */
export const TensorData: Component<TensorsLike, ValueOf<typeof AnyTensorData>> = /* @__PURE__ */ defineComponent(
  "rerun.components.TensorData",
  flatTensors,
);
