package import Foundation
package import Resources

/// One answered scoring request, as collected off the request path.
package struct ScoringRecord: Sendable, Hashable {
    /// The deployment's address (kind `onlineEndpoints/deployments`, parent the endpoint).
    package var deployment: ResourceID
    /// `NAME:VERSION` of the model that answered; empty when the deployment has none.
    package var model: String
    package var requestID: String
    package var at: Date
    /// HTTP status of the answer.
    package var status: Int
    /// From the request's last byte to the answer's first, in milliseconds.
    package var milliseconds: Double
    /// Flat numbers about the image (`brightness`, `contrast`, `sharpness`, …); empty when the request held no image.
    package var facts: [String: Double]
    /// What the model claimed to see: `[{"category": name, "score": 0.9, "box": [x1, y1, x2, y2] relative}]`.
    package var detections: JSON
    /// Names of the extents or blobs that hold the bodies, when the deployment collects them.
    package var request: String?
    package var response: String?

    package init(
        deployment: ResourceID, model: String, requestID: String, at: Date, status: Int, milliseconds: Double, facts: [String: Double],
        detections: JSON, request: String? = nil, response: String? = nil
    ) {
        self.deployment = deployment
        self.model = model
        self.requestID = requestID
        self.at = at
        self.status = status
        self.milliseconds = milliseconds
        self.facts = facts
        self.detections = detections
        self.request = request
        self.response = response
    }
}
