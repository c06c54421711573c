import type { UrdfJoint } from "./urdf-joint.ts";

/** The joints with the same key, in their order. */
export function groupJoints<Key>(
  joints: readonly UrdfJoint[],
  keyOf: (joint: UrdfJoint) => Key,
): ReadonlyMap<Key, readonly UrdfJoint[]> {
  const groups = new Map<Key, UrdfJoint[]>();
  for (const joint of joints) {
    const key = keyOf(joint);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [joint]);
    else group.push(joint);
  }
  return groups;
}
