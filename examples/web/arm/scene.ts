// The scene: an arm of two bones on a base, and blocks around it.
import * as THREE from "three";
import { FOREARM, SHOULDER_HEIGHT, UPPER_ARM, type Joints, type Place } from "./kinematics.ts";

const BLOCKS = 9;

/** The scene, and what moves it. */
export interface ArmScene {
  readonly scene: THREE.Scene;
  readonly camera: THREE.PerspectiveCamera;
  /** Moves the arm. */
  setJoints(this: void, joints: Joints): void;
  /** Moves the mark of the target. */
  setTarget(this: void, target: Place): void;
  /** The place of the hand. */
  hand(this: void): THREE.Vector3;
}

/** Creates the scene. */
export function createScene(aspect: number): ArmScene {
  const scene = new THREE.Scene();
  scene.background = new THREE.Color("#206090");
  const base = new THREE.Group();
  const shoulder = new THREE.Group();
  shoulder.position.y = SHOULDER_HEIGHT;
  const elbow = new THREE.Group();
  elbow.position.x = UPPER_ARM;
  const hand = ball(0.12, "gold");
  hand.position.x = FOREARM;
  base.add(named("post", cylinder(SHOULDER_HEIGHT)), named("shoulder", shoulder));
  shoulder.add(named("upper arm", bone(UPPER_ARM, "tomato")), named("elbow", elbow));
  elbow.add(named("forearm", bone(FOREARM, "coral")), named("hand", hand));
  const target = ball(0.08, "lime");
  const floor = new THREE.Mesh(new THREE.BoxGeometry(7, 0.02, 7), new THREE.MeshStandardMaterial({ color: "#888" }));
  floor.position.y = -0.01;
  const light = new THREE.DirectionalLight("white", 2);
  light.position.set(2, 6, 3);
  const camera = new THREE.PerspectiveCamera(45, aspect, 0.1, 100);
  camera.position.set(0, 5, 6);
  camera.lookAt(0, 0.5, 0);
  scene.add(named("base", base), named("floor", floor), named("target", target), light);
  scene.add(new THREE.AmbientLight("white", 1));
  for (const [at, block] of blocks().entries()) scene.add(named(`block ${at}`, block));
  return {
    scene,
    camera,
    setJoints([turn, lift, bend]) {
      base.rotation.y = turn;
      shoulder.rotation.z = lift;
      elbow.rotation.z = bend;
    },
    setTarget: ({ x, y, z }) => void target.position.set(x, y, z),
    hand: () => hand.getWorldPosition(new THREE.Vector3()),
  };
}

/** Blocks of different heights in a ring, which the arm reaches. */
function blocks(): THREE.Mesh[] {
  return Array.from({ length: BLOCKS }, (_, at) => {
    const [angle, height] = [(at / BLOCKS) * 2 * Math.PI, 0.3 + 0.2 * (at % 3)];
    const color = new THREE.Color().setHSL(at / BLOCKS, 0.6, 0.5);
    const material = new THREE.MeshStandardMaterial({ color });
    const block = new THREE.Mesh(new THREE.BoxGeometry(0.7, height, 0.7), material);
    block.position.set(2 * Math.cos(angle), height / 2, 2 * Math.sin(angle));
    return block;
  });
}

function bone(length: number, color: string): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(length, 0.2, 0.2), new THREE.MeshStandardMaterial({ color }));
  mesh.position.x = length / 2;
  return mesh;
}

function cylinder(height: number): THREE.Mesh {
  const material = new THREE.MeshStandardMaterial({ color: "silver" });
  const mesh = new THREE.Mesh(new THREE.CylinderGeometry(0.25, 0.35, height), material);
  mesh.position.y = height / 2;
  return mesh;
}

function ball(radius: number, color: string): THREE.Mesh {
  return new THREE.Mesh(new THREE.SphereGeometry(radius, 24, 12), new THREE.MeshStandardMaterial({ color }));
}

function named<T extends THREE.Object3D>(name: string, object: T): T {
  object.name = name;
  return object;
}
