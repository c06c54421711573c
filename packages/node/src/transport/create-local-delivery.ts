import { LocalDelivery, type Delivery, type DeliveryContext, type DeliveryLimits } from "@rerun-ts/core/transport";
import { createWriter, type DeliveryTarget } from "./create-writer.ts";

/** Creates a delivery in the thread that calls this, which may be the worker of a `WorkerDelivery`. */
export function createLocalDelivery(
  target: DeliveryTarget,
  limits: DeliveryLimits,
  context: DeliveryContext,
): Delivery {
  return new LocalDelivery(
    {
      limits,
      sentWhen: "written",
      createWriter: (queue, events) => createWriter(queue, target, events),
      renew: ({ headers, token }) => void Object.assign(target, { headers, token }),
    },
    context,
  );
}
