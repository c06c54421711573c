import type { Mapping } from "../mapping.ts";
import { mapCameras, mapCompressedImages, mapImages } from "../images.ts";
import { mapOccupancyGrids, mapRosVoxelGrids } from "./maps.ts";
import { mapMagneticField, mapNavSatFix, mapPose, mapTransforms } from "./places.ts";
import { mapRosPointClouds } from "./point-clouds.ts";
import { mapArray, mapImu, mapJointState, mapJoy, mapMeasurement, mapNumbers } from "./scalars.ts";
import { mapLog, mapString } from "./texts.ts";

/** A mapping, and whether only Rerun's decoder `ros2msg` has it. */
export interface RosMapping {
  readonly map: Mapping;
  readonly isAlone?: boolean;
  /** Whether the time of the message is ignored. */
  readonly hasNoStamp?: boolean;
  /** The fields of many bytes that the mapping never uses. They are not decoded. Default: none. */
  readonly unused?: readonly string[];
}

const IMU_COVARIANCES = ["orientation", "angular_velocity", "linear_acceleration"].map((name) => `${name}_covariance`);
const BATTERY = ["percentage", "voltage", "current", "charge", "temperature"];

/** The messages of ROS that become archetypes, by the name that ROS 2 has for them. */
export const ROS_MAPPINGS: Readonly<Record<string, RosMapping>> = {
  "std_msgs/msg/String": { map: mapString },
  "std_msgs/msg/Float64MultiArray": { map: mapArray, isAlone: true },
  "std_msgs/msg/Float64Array": { map: mapArray, isAlone: true },
  "sensor_msgs/msg/Imu": { map: mapImu, isAlone: true, unused: IMU_COVARIANCES },
  "sensor_msgs/msg/JointState": { map: mapJointState, isAlone: true },
  "sensor_msgs/msg/Joy": { map: mapJoy, isAlone: true },
  "sensor_msgs/msg/BatteryState": { map: mapNumbers(...BATTERY), isAlone: true },
  "sensor_msgs/msg/Range": { map: mapNumbers("range", "min_range", "max_range"), isAlone: true },
  "sensor_msgs/msg/PointCloud2": { map: mapRosPointClouds, isAlone: true },
  "sensor_msgs/msg/Image": { map: mapImages(true) },
  "sensor_msgs/msg/CompressedImage": { map: mapCompressedImages },
  "sensor_msgs/msg/CameraInfo": { map: mapCameras },
  "sensor_msgs/msg/NavSatFix": { map: mapNavSatFix },
  "sensor_msgs/msg/Temperature": { map: mapMeasurement("temperature", "°C") },
  "sensor_msgs/msg/FluidPressure": { map: mapMeasurement("fluid_pressure", "Pa") },
  "sensor_msgs/msg/Illuminance": { map: mapMeasurement("illuminance", "lux") },
  "sensor_msgs/msg/RelativeHumidity": { map: mapMeasurement("relative_humidity") },
  "sensor_msgs/msg/MagneticField": { map: mapMagneticField },
  "tf2_msgs/msg/TFMessage": { map: mapTransforms, hasNoStamp: true },
  "tf/msg/tfMessage": { map: mapTransforms, hasNoStamp: true },
  "geometry_msgs/msg/PoseStamped": { map: mapPose },
  "rcl_interfaces/msg/Log": { map: mapLog(false) },
  "rosgraph_msgs/msg/Log": { map: mapLog(true) },
  "nav_msgs/msg/OccupancyGrid": { map: mapOccupancyGrids },
  "nav2_msgs/msg/VoxelGrid": { map: mapRosVoxelGrids },
};
