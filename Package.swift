// swift-tools-version: 6.1
// One section per floor of the house (docs/architecture.md); arrows only go down. scripts/check-floors
// compares this manifest with docs/floors.json.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A library target of the house with the house settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The test target that mirrors the rooms it names.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioFileSystem: Target.Dependency = .product(name: "_NIOFileSystem", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let swiftASN1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "Martlet",
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .executable(name: "martlet-worker", targets: ["martlet-worker"]),
        // The tensor plug-in: loaded with dlopen by martlet-worker, never linked.
        .library(name: "EngineTorch", type: .dynamic, targets: ["CTorchShim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // MARK: F0 Ground
        room("Resources"),
        tests("ResourcesTests", ["Resources"]),
        room("Detection"),
        tests("DetectionTests", ["Detection"]),

        // MARK: F1 Meaning
        room("Kinds", ["Resources", yams]),
        tests("KindsTests", ["Kinds"], resources: [.copy("Fixtures")]),
        room("DatasetFormats", ["Detection"]),
        tests("DatasetFormatsTests", ["DatasetFormats", "Detection"], resources: [.copy("Fixtures")]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CImageCodecs", dependencies: ["CTurboJPEG", "CPNG"]),
        room("Imaging", ["CImageCodecs", "Detection"]),
        tests("ImagingTests", ["Drawing", "Imaging"]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        room("Drawing", ["CCairo", "Detection", "Imaging"]),
        .target(name: "CTorchABI"),
        room("TensorEngine", ["CTorchABI"]),
        .systemLibrary(name: "CTorchSystem", pkgConfig: "libtorch-engine", providers: [.apt(["libtorch-dev"])]),
        .target(name: "CTorchShim", dependencies: ["CTorchSystem"]),

        // MARK: F2 Hands
        room("MetadataStore", ["Resources", grdb]),
        room("BlobStore", ["Resources", crypto, nioCore, nioPosix]),
        .target(name: "CProcessShim"),
        room("ProcessHost", ["CProcessShim", "Resources", subprocess, systemPackage]),
        room("OutboundHTTP", ["Resources", asyncHTTPClient, nioCore, nioHTTP1, nioPosix]),
        room("TrackingClient", ["Resources", asyncHTTPClient, nioCore, nioHTTP1, nioSSL]),
        room("Inference", ["Detection", "Imaging", "TensorEngine", .target(name: "CInferenceABI"), .target(name: "CKernels")]),
        .target(name: "CInferenceABI"),
        .target(name: "CKernels"),
        tests("HandsTests", ["BlobStore", "MetadataStore", "Resources", nioCore]),
        tests("InferenceTests", [.target(name: "CKernels"), "Detection", "Imaging", "Inference", "TensorEngine"]),
        tests("TrackingClientTests", ["TrackingClient"]),

        // MARK: F3 Mind
        room("ControlPlane", ["BlobStore", "MetadataStore", "Resources", crypto, jwtKit, nioCore, swiftASN1, x509]),
        tests("ControlPlaneTests", ["BlobStore", "ControlPlane", "MetadataStore", "Resources", nioCore]),
        room("Environments", ["Kinds", "ProcessHost", "Resources"]),
        tests("EnvironmentsTests", ["Environments", "Kinds", "Resources"]),
        room("DetectorTraining", ["Detection", "Imaging", "Inference", "TensorEngine"]),
        tests("DetectorTrainingTests", ["Detection", "DetectorTraining", "Imaging", "Inference", "TensorEngine"], resources: [.copy("Fixtures")]),
        room("DriftReporting", ["DatasetFormats", "Detection", "Drawing", "Imaging"]),
        tests("DriftReportingTests", ["DatasetFormats", "Detection", "Drawing", "DriftReporting", "Imaging"]),
        room("DatasetQuality", ["DatasetFormats", "Detection", "Drawing", "Imaging"]),
        tests("DatasetQualityTests", ["DatasetFormats", "DatasetQuality", "Detection", "Drawing", "Imaging"]),
        room("EvaluationReporting", ["Detection", "Drawing", "Imaging"]),
        tests("EvaluationReportingTests", ["Detection", "Drawing", "EvaluationReporting", "Imaging"]),

        // MARK: F4 Engines
        room("Execution", ["BlobStore", "CExecutionAssets", "ControlPlane", "Environments", "Kinds", "MetadataStore", "ProcessHost", "Resources"]),
        .target(name: "CExecutionAssets", exclude: ["parallel_driver.py"]),
        tests("ExecutionTests", ["Execution", "Kinds", "Resources"]),
        room(
            "Serving",
            [
                "BlobStore", "CServingAssets", "ControlPlane", "Environments", "Kinds", "MetadataStore", "ProcessHost", "Resources", nioCore, nioPosix,
            ]),
        .target(
            name: "CServingAssets",
            exclude: ["martlet_azure_modules.py", "martlet_description.py", "martlet_script.py", "scoring_worker.py"]),
        tests(
            "ServingTests",
            [
                "BlobStore", "ControlPlane", "Detection", "Environments", "Imaging", "Inference", "Kinds", "MetadataStore", "ProcessHost", "Resources",
                "Serving", "TensorEngine", nioCore, nioPosix,
            ]),
        room("Monitoring", ["ControlPlane", "Kinds", "MetadataStore", "Resources"]),
        tests("MonitoringTests", ["BlobStore", "ControlPlane", "Kinds", "MetadataStore", "Monitoring", "Resources"]),

        // MARK: F5 Façades
        room("HTTPSupport", ["ControlPlane", "Resources", httpTypes, hummingbird, logging, nioCore]),
        room("ARMAPI", ["ControlPlane", "HTTPSupport", "MetadataStore", "Resources", httpTypes, hummingbird, nioCore]),
        room("BlobAPI", ["BlobStore", "ControlPlane", "HTTPSupport", "Resources", httpTypes, hummingbird, nioCore]),
        room("MLflowAPI", ["BlobStore", "ControlPlane", "HTTPSupport", "MetadataStore", "Resources", httpTypes, hummingbird, nioCore]),
        tests(
            "MLflowAPITests",
            [
                "BlobStore", "ControlPlane", "HTTPSupport", "Kinds", "MLflowAPI", "MetadataStore", "OutboundHTTP", "Resources", httpTypes, hummingbird,
                hummingbirdTesting, nioCore,
            ]),
        room("ScoringAPI", ["ControlPlane", "HTTPSupport", "Resources", "Serving", httpTypes, hummingbird, nioCore]),

        // MARK: F6 Processes
        room("APIClient", ["Resources", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioSSL]),
        room("Commands", ["APIClient", "Kinds", "Resources", argumentParser]),
        tests("CommandsTests", ["APIClient", "Commands", "Kinds", "Resources", argumentParser]),
        room(
            "Server",
            [
                "ARMAPI", "BlobAPI", "ControlPlane", "Environments", "Execution", "HTTPSupport", "Kinds", "MLflowAPI", "MetadataStore", "BlobStore",
                "Monitoring", "OutboundHTTP", "ProcessHost", "Resources", "ScoringAPI", "Serving", httpTypes, hummingbird, hummingbirdTLS, logging, nioCore,
                nioPosix,
                nioSSL, serviceLifecycle, unixSignals,
            ]),
        .executableTarget(
            name: "martlet", dependencies: ["Commands", "MetadataStore", "ProcessHost", "Resources", "Server", argumentParser], swiftSettings: strict),
        .executableTarget(
            name: "martlet-worker",
            dependencies: [
                "DatasetFormats", "DatasetQuality", "Detection", "DetectorTraining", "Drawing", "DriftReporting", "EvaluationReporting", "Imaging",
                "Inference", "TensorEngine", "TrackingClient", argumentParser, yams,
            ],
            swiftSettings: strict),

        // MARK: The house as a whole
        tests("JourneyTests", ["Resources", .target(name: "martlet")]),
    ],
    cxxLanguageStandard: .cxx17
)
