extension TensorEngine {
    // Operations over many tensors in one call, in place: what optimisers and moving averages need.

    /// `a += scale * b`, tensor by tensor.
    package func add(_ b: [Tensor], scale: Double = 1, to a: [Tensor]) throws {
        guard !a.isEmpty else { return }
        try call(.foreachAdd, [.tensors(a), .tensors(b), .double(scale)])
    }

    /// `a += number`.
    package func add(_ number: Double, to a: [Tensor]) throws {
        guard !a.isEmpty else { return }
        try call(.foreachAddScalar, [.tensors(a), .double(number)])
    }

    /// `a *= number`.
    package func multiply(_ a: [Tensor], by number: Double) throws {
        guard !a.isEmpty else { return }
        try call(.foreachMultiplyScalar, [.tensors(a), .double(number)])
    }

    /// `a += scale * b * c`.
    package func addProduct(_ b: [Tensor], _ c: [Tensor], scale: Double, to a: [Tensor]) throws {
        guard !a.isEmpty else { return }
        try call(.foreachAddProduct, [.tensors(a), .tensors(b), .tensors(c), .double(scale)])
    }

    /// `a += scale * b / c`.
    package func addQuotient(_ b: [Tensor], _ c: [Tensor], scale: Double, to a: [Tensor]) throws {
        guard !a.isEmpty else { return }
        try call(.foreachAddQuotient, [.tensors(a), .tensors(b), .tensors(c), .double(scale)])
    }

    /// New tensors with the square roots.
    package func squareRoots(_ a: [Tensor]) throws -> [Tensor] {
        guard !a.isEmpty else { return [] }
        return try call(.foreachSquareRoot, [.tensors(a)], resultCapacity: a.count)
    }

    /// The Euclidean length of all elements of all tensors together.
    package func norm(_ a: [Tensor]) throws -> Float {
        guard !a.isEmpty else { return 0 }
        let norms = try call(.foreachNorm, [.tensors(a), .int(2)], resultCapacity: a.count)
        return try one(.vectorNorm, .tensor(Tensor.stacked(norms)), .int(2)).item()
    }
}
