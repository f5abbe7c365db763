package import Resources

/// What engines read of a schedule.
package struct ScheduleProperties: Codable, Sendable, Hashable {
    package var trigger: Trigger
    package var action: Action
    package var isEnabled: Bool?
    package var displayName: String?

    package struct Trigger: Codable, Sendable, Hashable {
        /// `Cron` or `Recurrence`.
        package var triggerType: String
        /// Five fields, of `Cron`.
        package var expression: String?
        /// `Minute`, `Hour`, `Day`, `Week`, `Month`, of `Recurrence`.
        package var frequency: String?
        package var interval: Int?
        package var schedule: Times?
        package var startTime: String?
        package var endTime: String?
        /// A Windows name as Azure uses, or an IANA one; UTC when absent.
        package var timeZone: String?
    }

    package struct Times: Codable, Sendable, Hashable {
        package var hours: [Int]
        package var minutes: [Int]
        package var weekDays: [String]?
        package var monthDays: [Int]?
    }

    package struct Action: Codable, Sendable, Hashable {
        /// `CreateJob` or `CreateMonitor`.
        package var actionType: String
        /// The properties of the job to submit.
        package var jobDefinition: JSON?
        package var monitorDefinition: MonitorDefinition?
    }
}

/// What a monitor compares, and when it warns.
package struct MonitorDefinition: Codable, Sendable, Hashable {
    package var monitoringTarget: Target?
    package var signals: [String: Signal]
    package var alertNotificationSetting: JSON?

    package struct Target: Codable, Sendable, Hashable {
        package var taskType: String?
        /// ARM id of an online deployment.
        package var deploymentId: String?
        package var modelId: String?
    }

    package struct Signal: Codable, Sendable, Hashable {
        /// `DataDrift`, `PredictionDrift`, `DataQuality`, …
        package var signalType: String
        package var productionData: JSON?
        package var referenceData: JSON?
        package var features: JSON?
        package var metricThresholds: [Threshold]?
    }

    package struct Threshold: Codable, Sendable, Hashable {
        /// `Numerical`, `Categorical`, or absent.
        package var dataType: String?
        /// `jensenShannonDistance`, …
        package var metric: String
        package var threshold: Value?

        package struct Value: Codable, Sendable, Hashable {
            package var value: Double?
        }
    }
}
