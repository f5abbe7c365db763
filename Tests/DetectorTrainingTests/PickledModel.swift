import Foundation
import Inference

/// Writes a file as `torch.save` would write a detector of Ultralytics: a stored zip with a pickle and one storage of
/// half-precision numbers, which every tensor looks into at a place of its own.
struct PickledModel {
    var architecture = DetectorArchitecture(scale: .nano, classCount: 2)
    var names = ["can", "bottle"]
    var imageSize: Int? = 320
    var modelClass = "ultralytics.nn.tasks DetectionModel"
    /// Of the first layers, as far as given; the rest are convolutions.
    var layerClass = "ultralytics.nn.modules.conv Conv"
    var strides: [Float] = [8, 16, 32]
    /// A global that some attribute is made of.
    var attributeClass: String?
    /// Names of tensors that are stored column by column.
    var transposed: Set<String> = []
    /// Added to every offset.
    var offsetShift = 0
    var isZip64 = false

    static let storageCount = 300_000

    /// The numbers of the storage: halves that are exact in single precision.
    static func value(at place: Int) -> Float { Float(place % 1999 - 999) / 1024 }

    static func offset(of name: String) -> Int { name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 4093 } }

    func encoded() -> Data {
        let storage = (0..<Self.storageCount).flatMap { place -> [UInt8] in
            let bits = Self.half(Self.value(at: place))
            return [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
        }
        let strideBytes = strides.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
        return StoredZip.encoded(
            [
                ("best/data.pkl", pickle()), ("best/byteorder", Array("little".utf8)), ("best/data/0", storage),
                ("best/data/1", strideBytes),
            ], isZip64: isZip64)
    }

    /// Exact for the numbers used here: multiples of 1/1024 below 1.
    private static func half(_ value: Float) -> UInt16 {
        guard value != 0 else { return 0 }
        let bits = value.bitPattern
        return UInt16(bits >> 16 & 0x8000) | UInt16((bits >> 23 & 0xFF) - 112) << 10 | UInt16(bits >> 13 & 0x3FF)
    }

    // MARK: The pickle

    private final class Module {
        var children: [(name: String, module: Module)] = []
        var tensors: [ConvolutionLayer.Parameter] = []

        func child(_ name: String) -> Module {
            if let known = children.first(where: { $0.name == name }) { return known.module }
            children.append((name, Module()))
            return children[children.count - 1].module
        }
    }

    func pickle() -> [UInt8] {
        let root = Module()
        for parameter in architecture.layers.flatMap(\.parameters) {
            let parts = parameter.name.split(separator: ".").map(String.init)
            parts.dropLast().reduce(root) { $0.child($1) }.tensors.append(parameter)
        }
        var pen = PicklePen()
        pen.raw([0x80, 2])
        pen.dictionary {
            $0.text("ema")
            $0.raw("N")
            $0.text("model")
            write(root, modelClass, into: &$0) { pen in
                pen.text("names")
                pen.dictionary {
                    for (index, name) in names.enumerated() {
                        $0.number(index)
                        $0.text(name)
                    }
                }
                pen.text("stride")
                tensor("torch FloatStorage", key: "1", offset: 0, shape: [strides.count], strides: [1], count: strides.count, into: &pen)
                if let attributeClass {
                    pen.text("extra")
                    pen.global(attributeClass)
                    pen.raw(")R")
                }
            }
            if let imageSize {
                $0.text("train_args")
                $0.dictionary {
                    $0.text("imgsz")
                    $0.number(imageSize)
                }
            }
        }
        pen.raw(".")
        return pen.bytes
    }

    private func write(_ module: Module, _ name: String, into pen: inout PicklePen, extra: (inout PicklePen) -> Void = { _ in }) {
        pen.global(name)
        pen.raw([UInt8(ascii: ")"), 0x81])
        pen.dictionary { pen in
            for (group, isTrained) in [("_parameters", true), ("_buffers", false)] {
                pen.text(group)
                pen.orderedDictionary { pen in
                    for parameter in module.tensors where parameter.role.isTrained == isTrained {
                        pen.text(parameter.name.split(separator: ".").last.map(String.init) ?? "")
                        write(parameter, into: &pen)
                    }
                }
            }
            pen.text("_modules")
            pen.orderedDictionary { pen in
                for (index, child) in module.children.enumerated() {
                    pen.text(child.name)
                    let isHead = child.name == "22"
                    write(
                        child.module,
                        isHead ? "ultralytics.nn.modules.head Detect" : index == 0 ? layerClass : "ultralytics.nn.modules.conv Conv", into: &pen)
                }
            }
            extra(&pen)
        }
        pen.raw("b")
    }

    private func write(_ parameter: ConvolutionLayer.Parameter, into pen: inout PicklePen) {
        var strides = [Int](repeating: 1, count: parameter.shape.count)
        let order = Array(parameter.shape.indices)
        var next = 1
        for axis in transposed.contains(parameter.name) ? order : order.reversed() {
            strides[axis] = next
            next *= parameter.shape[axis]
        }
        let isParameter = parameter.role.isTrained
        if isParameter {
            pen.global("torch._utils _rebuild_parameter")
            pen.raw("(")
        }
        tensor(
            "torch HalfStorage", key: "0", offset: Self.offset(of: parameter.name) + offsetShift, shape: parameter.shape, strides: strides,
            count: Self.storageCount, into: &pen)
        if isParameter {
            pen.raw([0x89])
            pen.global("collections OrderedDict")
            pen.raw(")RtR")
        }
    }

    private func tensor(
        _ storage: String, key: String, offset: Int, shape: [Int], strides: [Int], count: Int, into pen: inout PicklePen
    ) {
        pen.global("torch._utils _rebuild_tensor_v2")
        pen.raw("((")
        pen.text("storage")
        pen.global(storage)
        pen.text(key)
        pen.text("cpu")
        pen.number(count)
        pen.raw("tQ")
        pen.number(offset)
        for list in [shape, strides] {
            pen.raw("(")
            list.forEach { pen.number($0) }
            pen.raw("t")
        }
        pen.raw([0x89])
        pen.global("collections OrderedDict")
        pen.raw(")RtR")
    }
}

/// Opcodes one after the other.
struct PicklePen {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ more: [UInt8]) { bytes += more }
    mutating func raw(_ opcodes: String) { bytes += Array(opcodes.utf8) }
    mutating func global(_ name: String) { bytes += Array("c\(name.replacing(" ", with: "\n"))\n".utf8) }
    mutating func number(_ value: Int) {
        bytes.append(UInt8(ascii: "J"))
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "X"))
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: text.utf8.count >> ($0 * 8)) } + Array(text.utf8)
    }
    mutating func dictionary(_ body: (inout PicklePen) -> Void) {
        raw("}(")
        body(&self)
        raw("u")
    }
    mutating func orderedDictionary(_ body: (inout PicklePen) -> Void) {
        global("collections OrderedDict")
        raw(")R(")
        body(&self)
        raw("u")
    }
}

/// A zip archive of stored members.
enum StoredZip {
    static func encoded(_ members: [(name: String, content: [UInt8])], isZip64: Bool = false, method: Int = 0) -> Data {
        func number(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        var data: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in members {
            let place = data.count
            let size = number(content.count, 4)
            data += [0x50, 0x4B, 3, 4] + number(20, 2) + number(0, 2) + number(method, 2) + number(0, 8) + size + size
            data += number(name.utf8.count, 2) + number(0, 2) + Array(name.utf8) + content
            let extra = isZip64 ? number(1, 2) + number(24, 2) + number(content.count, 8) + number(content.count, 8) + number(place, 8) : []
            let (shownSize, shownPlace) = isZip64 ? (number(0xFFFF_FFFF, 4), number(0xFFFF_FFFF, 4)) : (size, number(place, 4))
            directory += [0x50, 0x4B, 1, 2] + number(45, 2) + number(45, 2) + number(0, 2) + number(method, 2) + number(0, 8)
            directory += shownSize + shownSize + number(name.utf8.count, 2) + number(extra.count, 2) + number(0, 2) + number(0, 8) + shownPlace
            directory += Array(name.utf8) + extra
        }
        let (start, length) = (data.count, directory.count)
        data += directory
        if isZip64 {
            let wide = data.count
            data += [0x50, 0x4B, 6, 6] + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
            data += number(members.count, 8) + number(members.count, 8) + number(length, 8) + number(start, 8)
            data += [0x50, 0x4B, 6, 7] + number(0, 4) + number(wide, 8) + number(1, 4)
        }
        let (count, shown) = isZip64 ? (0xFFFF, 0xFFFF_FFFF) : (members.count, start)
        data += [0x50, 0x4B, 5, 6] + number(0, 4) + number(count, 2) + number(count, 2) + number(length, 4) + number(shown, 4) + number(0, 2)
        return Data(data)
    }
}
