/// The names that a pickled detector may mention. None of them is ever imported; anything else says that the file is of
/// another kind, or means harm to whoever loads it with Python.
enum PickleGlobals {
    /// Whole packages of layers and of what Ultralytics keeps beside them.
    private static let packages = ["torch.nn.modules.", "ultralytics.nn.", "ultralytics.utils"]

    private static let names: [String: Set<String>] = [
        "torch._utils": ["_rebuild_tensor_v2", "_rebuild_parameter", "_rebuild_device_tensor_from_numpy"],
        "torch": [
            "FloatStorage", "HalfStorage", "BFloat16Storage", "DoubleStorage", "LongStorage", "IntStorage", "ShortStorage", "CharStorage",
            "ByteStorage", "BoolStorage", "Size", "device", "float32", "float16", "bfloat16", "float64", "int64", "int32", "uint8", "bool",
        ],
        "torch.serialization": ["_get_layout"],
        "collections": ["OrderedDict", "defaultdict"],
        "__builtin__": ["set", "dict", "list", "tuple", "int", "float", "str", "bool", "slice", "complex", "bytearray"],
        "builtins": ["set", "dict", "list", "tuple", "int", "float", "str", "bool", "slice", "complex", "bytearray"],
        "_codecs": ["encode"],
        "copyreg": ["_reconstructor"],
        "copy_reg": ["_reconstructor"],
        "types": ["SimpleNamespace"],
        "pathlib": ["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path"],
        "datetime": ["datetime", "date", "timedelta"],
        "numpy": ["dtype", "ndarray", "float64", "float32", "int64", "int32", "bool_"],
        "numpy.core.multiarray": ["scalar", "_reconstruct"],
        "numpy._core.multiarray": ["scalar", "_reconstruct"],
    ]

    static func allows(module: String, name: String) -> Bool {
        if names[module]?.contains(name) == true { return true }
        // A dotted name would reach through the module to something else.
        return !name.contains(".") && packages.contains { module.hasPrefix($0) }
    }
}
