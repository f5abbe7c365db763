/// One number that describes a picture without looking for objects in it. Drift monitors compare how such numbers are
/// spread over the training set and over production.
///
/// To add one: a file here with a caseless enum, and a line in `AllFacts.swift`.
package protocol ImageFact: Sendable {
    /// The key in JSON and in drift reports; lower camel case, never changed once published.
    static var name: String { get }
    /// For people: what the number says and its unit.
    static var summary: String { get }
    /// Where the number can lie; every picture that can be decoded gives a finite number in it.
    static var range: ClosedRange<Double> { get }

    static func value(of view: FactView) -> Double
}
