// Programs with three.js that must compile, with old and new type definitions of it.
import { Mesh3D, Points3D, RecordingStream } from "@rerun-ts/web";
import { followScene, logScene } from "@rerun-ts/three";
import * as THREE from "three";

const rec = new RecordingStream("three");
rec.log("box", Mesh3D.fromGeometry(new THREE.BoxGeometry()));
rec.log("knot", Mesh3D.fromGeometry(new THREE.TorusKnotGeometry(), { albedoFactor: new THREE.Color("tomato") }));
const mesh = new THREE.Mesh(new THREE.BufferGeometry(), new THREE.MeshStandardMaterial());
rec.log("mesh", Mesh3D.fromGeometry(mesh.geometry, { albedoFactor: mesh.material.color }));
rec.log("instances", Mesh3D.fromGeometry(new THREE.InstancedBufferGeometry()));
rec.log("points", new Points3D([new THREE.Vector3(1, 2, 3)], { colors: [new THREE.Color(0x336699)] }));

const scene = new THREE.Scene().add(mesh, new THREE.PerspectiveCamera(), new THREE.PointLight());
logScene(rec, "scene", scene, { static: true });
const follower = followScene(rec, ["world"], new THREE.Group(), { maxTextureSize: 256 });
follower.update({ frame: 1 });
follower.stop();
