import Foundation
import Resources
import Testing

@Suite("A job from its YAML to its output, Serial", .serialized)
struct JobJourneyTests {
    private let script = """
        code: ./src
        command: bash run.sh ${{inputs.word}} ${{inputs.folder}} ${{outputs.result}}
        inputs:
          word: hello
          folder: {type: uri_folder, path: ./data}
        outputs:
          result: {type: uri_folder}
        environment: azureml:martlet-native@latest
        compute: azureml:local
        experiment_name: journeys
        """

    @Test("code, input, command, log and output go the whole way")
    func wholeWay() throws {
        let server = try ServerUnderTest()
        try server.write("data/a.txt", "from the input\n")
        try server.write("src/run.sh", "echo \"said $1\"; cat $2/a.txt > $3/b.txt; mkdir -p outputs; echo kept > outputs/note.txt\n")
        try server.write("job.yml", script)
        let created = try server.martlet("job", "create", "-f", "job.yml", "-n", "first", "--stream", "-o", "json")
        #expect(created.code == 0, "\(created.errors)")
        #expect(created.errors.contains("said hello"))
        #expect(created.json["status"] == "Completed")
        let download = try server.martlet("job", "download", "-n", "first", "--output-name", "result", "-p", "got")
        #expect(download.code == 0, "\(download.errors)")
        let files = FileManager.default.subpaths(atPath: server.folder.appending(path: "got").path(percentEncoded: false)) ?? []
        let file = try #require(files.first { $0.hasSuffix("b.txt") })
        #expect(try String(contentsOf: server.folder.appending(path: "got/\(file)"), encoding: .utf8) == "from the input\n")
    }

    @Test("a failing command fails the job with its exit code and last words, and the exit code is 1")
    func failing() throws {
        let server = try ServerUnderTest()
        try server.write("job.yml", "command: echo the last words; exit 3\nenvironment: azureml:martlet-native@latest\ncompute: local\n")
        let created = try server.martlet("job", "create", "-f", "job.yml", "--stream")
        #expect(created.code == 1)
        #expect(created.errors.contains("exit code 3"))
        #expect(created.errors.contains("the last words"))
    }

    @Test("a running job outlives kill -9 of the server and is found again")
    func killedServer() throws {
        let server = try ServerUnderTest()
        try server.write("job.yml", "command: sleep 3; echo still here\nenvironment: azureml:martlet-native@latest\ncompute: local\n")
        try server.martlet("job", "create", "-f", "job.yml", "-n", "survivor")
        _ = try server.wait(forJob: "survivor", "Running")
        server.kill()
        try server.start()
        #expect(try server.wait(forJob: "survivor", "Completed", "Failed") == "Completed")
    }

    @Test("cancel stops a running job and all of its processes")
    func cancel() throws {
        let server = try ServerUnderTest()
        let mark = "martlet-cancel-\(UUID().uuidString)"
        try server.write("job.yml", "command: bash -c 'exec -a \(mark) sleep 300' & wait\nenvironment: azureml:martlet-native@latest\ncompute: local\n")
        try server.martlet("job", "create", "-f", "job.yml", "-n", "endless")
        _ = try server.wait(forJob: "endless", "Running")
        #expect(try server.martlet("job", "cancel", "-n", "endless").code == 0)
        #expect(try server.wait(forJob: "endless", "Canceled", "Failed") == "Canceled")
        let left = FileManager.default.subpaths(atPath: "/proc")?.filter { $0.hasSuffix("/cmdline") && $0.split(separator: "/").count == 2 } ?? []
        #expect(!left.contains { (try? String(contentsOfFile: "/proc/\($0)", encoding: .utf8))?.hasPrefix(mark) == true })
    }

    @Test("a pipeline passes outputs on, and a failing step fails it with the step's error")
    func pipeline() throws {
        let server = try ServerUnderTest()
        let steps = """
            type: pipeline
            experiment_name: journeys
            settings: {default_compute: azureml:local}
            inputs: {word: swift}
            outputs:
              final: {type: uri_folder}
            jobs:
              make:
                type: command
                command: echo ${{inputs.word}} > ${{outputs.made}}/w.txt
                environment: azureml:martlet-native@latest
                inputs: {word: "${{parent.inputs.word}}"}
                outputs: {made: {type: uri_folder}}
              check:
                type: command
                command: grep ${{inputs.want}} ${{inputs.from}}/w.txt > ${{outputs.copy}}/c.txt
                environment: azureml:martlet-native@latest
                inputs:
                  want: WANTED
                  from: {type: uri_folder, path: "${{parent.jobs.make.outputs.made}}"}
                outputs: {copy: "${{parent.outputs.final}}"}
            """
        try server.write("good.yml", steps.replacing("WANTED", with: "swift"))
        try server.write("bad.yml", steps.replacing("WANTED", with: "python"))
        let good = try server.martlet("job", "create", "-f", "good.yml", "-n", "good", "--stream", "-o", "json")
        #expect(good.code == 0, "\(good.errors)")
        let bad = try server.martlet("job", "create", "-f", "bad.yml", "-n", "bad", "--stream", "-o", "json")
        #expect(bad.code == 1)
        #expect(bad.errors.contains("step 'check' failed"))
    }

    @Test("a sweep step hands its best trial to a parallel step, and that its rows to a pipeline inside the pipeline")
    func stepsOfManyJobs() throws {
        let server = try ServerUnderTest()
        for number in 1...3 { try server.write("data/\(number).txt", "\(number)") }
        try server.write(
            "src/score.py", "import sys\ndef run(batch):\n    return [open(p).read() + open(sys.argv[1] + '/w.txt').read().strip() for p in batch]\n")
        // MLflow's own client is not needed for one number.
        try server.write(
            "src/train.py",
            """
            import json, os, ssl, urllib.request
            point = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": "mAP", "value": 1, "timestamp": 1}
            request = urllib.request.Request(
                os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric", json.dumps(point).encode(),
                {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
            urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]))
            """)
        try server.write(
            "train.yml",
            """
            type: command
            code: ./src
            command: python3 train.py && echo ${{inputs.lr}} > ${{outputs.model}}/w.txt
            environment: azureml:martlet-native@latest
            inputs: {lr: {type: string}}
            outputs: {model: {type: uri_folder}}
            """)
        try server.write(
            "job.yml",
            """
            type: pipeline
            settings: {default_compute: azureml:local}
            inputs: {photos: {type: uri_folder, path: ./data}}
            outputs: {final: {type: uri_folder}}
            jobs:
              search:
                type: sweep
                trial: ./train.yml
                outputs: {model: {type: uri_folder}}
                sampling_algorithm: grid
                search_space: {lr: {type: choice, values: [a]}}
                objective: {goal: maximize, primary_metric: mAP}
                limits: {max_total_trials: 5}
              score:
                type: parallel
                inputs: {photos: "${{parent.inputs.photos}}", model: "${{parent.jobs.search.outputs.model}}"}
                outputs: {rows: {type: uri_file}}
                mini_batch_size: "2"
                input_data: ${{inputs.photos}}
                task:
                  type: run_function
                  code: ./src
                  entry_script: score.py
                  environment: azureml:martlet-native@latest
                  program_arguments: ${{inputs.model}}
                  append_row_to: ${{outputs.rows}}
              inner:
                type: pipeline
                inputs: {rows: "${{parent.jobs.score.outputs.rows}}"}
                outputs: {report: "${{parent.outputs.final}}"}
                jobs:
                  report:
                    command: sort -r ${{inputs.rows}} > ${{outputs.report}}/report.txt
                    environment: azureml:martlet-native@latest
                    inputs: {rows: {type: uri_file, path: "${{parent.inputs.rows}}"}}
                    outputs: {report: "${{parent.outputs.report}}"}
            """)
        let created = try server.martlet("job", "create", "-f", "job.yml", "-n", "many", "--stream", "-o", "json")
        #expect(created.code == 0, "\(created.errors)")
        #expect(try server.martlet("job", "show", "-n", "many_search_0", "-o", "json").json["status"] == "Completed")
        let download = try server.martlet("job", "download", "-n", "many", "--output-name", "final", "-p", "got")
        #expect(download.code == 0, "\(download.errors)")
        let files = FileManager.default.subpaths(atPath: server.folder.appending(path: "got").path(percentEncoded: false)) ?? []
        let file = try #require(files.first { $0.hasSuffix("report.txt") })
        let report = try String(contentsOf: server.folder.appending(path: "got/\(file)"), encoding: .utf8)
        #expect(report == "3a\n2a\n1a\n")
    }

    @Test("what is missing is said with exit code 3, wrong YAML with its line")
    func errors() throws {
        let server = try ServerUnderTest()
        #expect(try server.martlet("job", "show", "-n", "nobody").code == 3)
        try server.write("wrong.yml", "command: ls\nenvironment: azureml:martlet-native@latest\ncompute: local\ncomand_typo: 1\n")
        let wrong = try server.martlet("job", "create", "-f", "wrong.yml")
        #expect(wrong.code == 1)
        #expect(wrong.errors.contains("wrong.yml:4:1"))
        #expect(try server.martlet("job", "list", "-o", "json").output.contains("comand") == false)
    }
}
