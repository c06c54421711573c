"""Definitions of ROS 2 messages, each without those it depends on."""

HEADER = "std_msgs/Header header\n"
DEFINITIONS = {
    "builtin_interfaces/Time": "int32 sec\nuint32 nanosec",
    "builtin_interfaces/Duration": "int32 sec\nuint32 nanosec",
    "std_msgs/Header": "builtin_interfaces/Time stamp\nstring frame_id",
    "std_msgs/String": "string data",
    "std_msgs/MultiArrayDimension": "string label\nuint32 size\nuint32 stride",
    "std_msgs/MultiArrayLayout": "std_msgs/MultiArrayDimension[] dim\nuint32 data_offset",
    "std_msgs/Float64MultiArray": "std_msgs/MultiArrayLayout layout\nfloat64[] data",
    "std_msgs/Float64Array": "float64[] data",
    "geometry_msgs/Vector3": "float64 x\nfloat64 y\nfloat64 z",
    "geometry_msgs/Point": "float64 x\nfloat64 y\nfloat64 z",
    "geometry_msgs/Point32": "float32 x\nfloat32 y\nfloat32 z",
    "geometry_msgs/Quaternion": "float64 x 0\nfloat64 y 0\nfloat64 z 0\nfloat64 w 1",
    "geometry_msgs/Pose": "geometry_msgs/Point position\ngeometry_msgs/Quaternion orientation",
    "geometry_msgs/PoseStamped": HEADER + "geometry_msgs/Pose pose",
    "geometry_msgs/Transform": "geometry_msgs/Vector3 translation\ngeometry_msgs/Quaternion rotation",
    "geometry_msgs/TransformStamped": HEADER + "string child_frame_id\ngeometry_msgs/Transform transform",
    "tf2_msgs/TFMessage": "geometry_msgs/TransformStamped[] transforms",
    "sensor_msgs/Imu": HEADER
    + "geometry_msgs/Quaternion orientation\nfloat64[9] orientation_covariance\ngeometry_msgs/Vector3 angular_velocity\n"
    "float64[9] angular_velocity_covariance\ngeometry_msgs/Vector3 linear_acceleration\nfloat64[9] linear_acceleration_covariance",
    "sensor_msgs/JointState": HEADER + "string[] name\nfloat64[] position\nfloat64[] velocity\nfloat64[] effort",
    "sensor_msgs/Joy": HEADER + "float32[] axes\nint32[] buttons",
    "sensor_msgs/BatteryState": "uint8 POWER_SUPPLY_STATUS_UNKNOWN = 0\n"
    + HEADER
    + "float32 voltage\nfloat32 temperature\nfloat32 current\nfloat32 charge\nfloat32 capacity\nfloat32 design_capacity\n"
    "float32 percentage\nuint8 power_supply_status\nuint8 power_supply_health\nuint8 power_supply_technology\nbool present\n"
    "float32[] cell_voltage\nfloat32[] cell_temperature\nstring location\nstring serial_number",
    "sensor_msgs/Range": HEADER
    + "uint8 ULTRASOUND=0\nuint8 radiation_type\nfloat32 field_of_view\nfloat32 min_range\nfloat32 max_range\nfloat32 range\nfloat32 variance",
    "sensor_msgs/PointField": "uint8 INT8=1\nuint8 FLOAT32=7\nstring name\nuint32 offset\nuint8 datatype\nuint32 count",
    "sensor_msgs/PointCloud2": HEADER
    + "uint32 height\nuint32 width\nsensor_msgs/PointField[] fields\nbool is_bigendian\nuint32 point_step\nuint32 row_step\n"
    "uint8[] data\nbool is_dense",
    "sensor_msgs/Image": HEADER + "uint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data",
    "sensor_msgs/CompressedImage": HEADER + "string format\nuint8[] data",
    "sensor_msgs/RegionOfInterest": "uint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\nbool do_rectify",
    "sensor_msgs/CameraInfo": HEADER
    + "uint32 height\nuint32 width\nstring distortion_model\nfloat64[] d\nfloat64[9] k\nfloat64[9] r\nfloat64[12] p\n"
    "uint32 binning_x\nuint32 binning_y\nsensor_msgs/RegionOfInterest roi",
    "sensor_msgs/NavSatStatus": "int8 STATUS_NO_FIX = -1\nint8 status\nuint16 service",
    "sensor_msgs/NavSatFix": HEADER
    + "sensor_msgs/NavSatStatus status\nfloat64 latitude\nfloat64 longitude\nfloat64 altitude\nfloat64[9] position_covariance\nuint8 position_covariance_type",
    "sensor_msgs/Temperature": HEADER + "float64 temperature\nfloat64 variance",
    "sensor_msgs/FluidPressure": HEADER + "float64 fluid_pressure\nfloat64 variance",
    "sensor_msgs/Illuminance": HEADER + "float64 illuminance\nfloat64 variance",
    "sensor_msgs/RelativeHumidity": HEADER + "float64 relative_humidity\nfloat64 variance",
    "sensor_msgs/MagneticField": HEADER + "geometry_msgs/Vector3 magnetic_field\nfloat64[9] magnetic_field_covariance",
    "rcl_interfaces/Log": "byte DEBUG=10\nbyte INFO=20\nbyte WARN=30\nbyte ERROR=40\nbyte FATAL=50\nbuiltin_interfaces/Time stamp\n"
    "uint8 level\nstring name\nstring msg\nstring file\nstring function\nuint32 line",
    "nav_msgs/MapMetaData": "builtin_interfaces/Time map_load_time\nfloat32 resolution\nuint32 width\nuint32 height\ngeometry_msgs/Pose origin",
    "nav_msgs/OccupancyGrid": HEADER + "nav_msgs/MapMetaData info\nint8[] data",
    "nav2_msgs/VoxelGrid": HEADER
    + "uint32[] data\ngeometry_msgs/Point32 origin\ngeometry_msgs/Vector3 resolutions\nuint32 size_x\nuint32 size_y\nuint32 size_z",
    "demo_msgs/Inner": "string label\nfloat32[2] pair",
    "demo_msgs/Everything": "int32 LIMIT=5\nbool flag\nbyte raw\nchar letter\nint8 i8\nuint8 u8\nint16 i16\nuint16 u16\nint32 i32\nuint32 u32\n"
    "int64 i64\nuint64 u64\nfloat32 f32\nfloat64 f64\nstring text\nstring<=10 bounded\nint16[3] fixed\nuint8[<=4] few\nstring[] words\n"
    "bool[] flags\ndemo_msgs/Inner inner\ndemo_msgs/Inner[] inners\nbuiltin_interfaces/Duration[] waits",
}


def depends(name, found=None):
    found = [] if found is None else found
    for line in DEFINITIONS[name].splitlines():
        kind = line.split()[0].split("[")[0]
        if kind in DEFINITIONS and kind not in found:
            found.append(kind)
            depends(kind, found)
    return found


def definition(name):
    parts = [DEFINITIONS[name]]
    for other in depends(name):
        parts.append("=" * 80 + "\nMSG: " + other + "\n" + DEFINITIONS[other])
    return "\n".join(parts)
