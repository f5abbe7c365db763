/// What the architecture is made of, whatever computes or writes it down: tensors of libtorch, nodes of an ONNX graph.
package protocol NetworkOperations {
    /// A feature map N, C, H, W.
    associatedtype Value

    func convolution(_ input: Value, _ layer: ConvolutionLayer) throws -> Value
    func add(_ left: Value, _ right: Value) throws -> Value
    /// Joins along the channels.
    func concatenate(_ values: [Value]) throws -> Value
    /// Splits the channels into two halves.
    func halves(_ value: Value, channels: Int) throws -> (Value, Value)
    /// The maximum of each 5 × 5 window, same size.
    func maxPool(_ value: Value) throws -> Value
    /// Each pixel becomes a square of four.
    func upsample(_ value: Value) throws -> Value
}
