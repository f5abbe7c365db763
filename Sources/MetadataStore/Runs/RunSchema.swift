/// Experiments, runs and what runs leave behind; logged models; and what the MLflow registry adds to the model kind.
///
/// Facts hang on their owner by its row number. A NaN is stored as 0 with `isNaN` set, because SQLite has no NaN.
enum RunSchema {
    static let migrations = [
        Migration(name: "runs-1", sql: experiments + runs + inputs + loggedModels + registry),
        Migration(name: "runs-2", sql: trash + values),
    ]

    /// What is deleted remembers when, and an experiment in the bin no longer holds its name.
    private static let trash = """
        DROP TRIGGER workspace_default_experiment;
        CREATE TABLE newExperiment (
            sequence INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
            id INTEGER NOT NULL,
            name TEXT NOT NULL,
            artifactLocation TEXT,
            lifecycle TEXT NOT NULL DEFAULT 'active',
            createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
            deletedAt INTEGER,
            UNIQUE (workspace, id)
        ) STRICT;
        INSERT INTO newExperiment SELECT sequence, workspace, id, name, artifactLocation, lifecycle, createdAt, modifiedAt,
            iif(lifecycle = 'deleted', modifiedAt, NULL) FROM experiment;
        DROP TABLE experiment;
        ALTER TABLE newExperiment RENAME TO experiment;
        CREATE UNIQUE INDEX experiment_activeName ON experiment(workspace, name) WHERE lifecycle = 'active';
        CREATE INDEX experiment_name ON experiment(workspace, name);
        CREATE TRIGGER workspace_default_experiment AFTER INSERT ON workspace BEGIN
            INSERT INTO experiment (workspace, id, name, createdAt, modifiedAt)
                VALUES (new.key, 0, 'Default', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
                    CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
        END;
        ALTER TABLE run ADD COLUMN deletedAt INTEGER;
        ALTER TABLE loggedModel ADD COLUMN deletedAt INTEGER;
        UPDATE run SET deletedAt = coalesce(endTime, startTime) WHERE lifecycle = 'deleted';
        UPDATE loggedModel SET deletedAt = modifiedAt WHERE lifecycle = 'deleted';
        CREATE INDEX run_trash ON run(workspace, deletedAt) WHERE deletedAt IS NOT NULL;
        CREATE INDEX loggedModel_trash ON loggedModel(workspace, deletedAt) WHERE deletedAt IS NOT NULL;

        """

    /// The way from a value to its runs; long values are found by their beginning.
    private static let values = """
        CREATE INDEX parameter_value ON parameter(key, substr(value, 1, 64));
        CREATE INDEX runTag_value ON runTag(key, substr(value, 1, 64));
        """

    /// Every workspace has the experiment 0, `Default`, from its first moment.
    private static let experiments = """
        CREATE TABLE experiment (
            sequence INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
            id INTEGER NOT NULL,
            name TEXT NOT NULL,
            artifactLocation TEXT,
            lifecycle TEXT NOT NULL DEFAULT 'active',
            createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
            UNIQUE (workspace, id),
            UNIQUE (workspace, name)
        ) STRICT;
        CREATE TABLE experimentTag (
            owner INTEGER NOT NULL REFERENCES experiment(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO experiment (workspace, id, name, createdAt, modifiedAt)
            SELECT key, 0, 'Default', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
                CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM workspace;
        CREATE TRIGGER workspace_default_experiment AFTER INSERT ON workspace BEGIN
            INSERT INTO experiment (workspace, id, name, createdAt, modifiedAt)
                VALUES (new.key, 0, 'Default', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER),
                    CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
        END;

        """

    private static let runs = """
        CREATE TABLE run (
            sequence INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
            id TEXT NOT NULL,
            experiment INTEGER NOT NULL REFERENCES experiment(sequence) ON DELETE CASCADE,
            name TEXT NOT NULL,
            userID TEXT NOT NULL,
            status TEXT NOT NULL,
            startTime INTEGER NOT NULL,
            endTime INTEGER,
            lifecycle TEXT NOT NULL DEFAULT 'active',
            isJob INTEGER NOT NULL DEFAULT 0,
            UNIQUE (workspace, id)
        ) STRICT;
        CREATE INDEX run_order ON run(experiment, lifecycle, startTime DESC, id);
        CREATE TABLE metric (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, timestamp INTEGER NOT NULL, step INTEGER NOT NULL, value REAL NOT NULL, isNaN INTEGER NOT NULL,
            PRIMARY KEY (owner, key, timestamp, step, value, isNaN)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE latestMetric (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, timestamp INTEGER NOT NULL, step INTEGER NOT NULL, value REAL NOT NULL, isNaN INTEGER NOT NULL,
            experiment INTEGER NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX latestMetric_order ON latestMetric(experiment, key, isNaN, value);
        CREATE TABLE parameter (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE runTag (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX runTag_parent ON runTag(value) WHERE key = 'mlflow.parentRunId';

        """

    private static let inputs = """
        CREATE TABLE dataset (
            sequence INTEGER PRIMARY KEY,
            experiment INTEGER NOT NULL REFERENCES experiment(sequence) ON DELETE CASCADE,
            name TEXT NOT NULL, digest TEXT NOT NULL,
            sourceType TEXT NOT NULL, source TEXT NOT NULL, schema TEXT, profile TEXT,
            UNIQUE (experiment, name, digest)
        ) STRICT;
        CREATE TABLE runInput (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            dataset INTEGER NOT NULL REFERENCES dataset(sequence) ON DELETE CASCADE,
            context TEXT,
            tags TEXT NOT NULL,
            PRIMARY KEY (owner, dataset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE runModel (
            owner INTEGER NOT NULL REFERENCES run(sequence) ON DELETE CASCADE,
            model TEXT NOT NULL, isOutput INTEGER NOT NULL, step INTEGER NOT NULL,
            PRIMARY KEY (owner, isOutput, model)
        ) STRICT, WITHOUT ROWID;

        """

    private static let loggedModels = """
        CREATE TABLE loggedModel (
            sequence INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
            id TEXT NOT NULL,
            experiment INTEGER NOT NULL REFERENCES experiment(sequence) ON DELETE CASCADE,
            name TEXT NOT NULL, modelType TEXT, sourceRun TEXT,
            status TEXT NOT NULL,
            artifactPath TEXT,
            createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
            lifecycle TEXT NOT NULL DEFAULT 'active',
            UNIQUE (workspace, id)
        ) STRICT;
        CREATE INDEX loggedModel_order ON loggedModel(experiment, lifecycle, createdAt DESC, id);
        CREATE TABLE loggedModelTag (
            owner INTEGER NOT NULL REFERENCES loggedModel(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE loggedModelParameter (
            owner INTEGER NOT NULL REFERENCES loggedModel(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE loggedModelMetric (
            owner INTEGER NOT NULL REFERENCES loggedModel(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, run TEXT NOT NULL, datasetName TEXT NOT NULL, datasetDigest TEXT NOT NULL,
            timestamp INTEGER NOT NULL, step INTEGER NOT NULL, value REAL NOT NULL, isNaN INTEGER NOT NULL,
            PRIMARY KEY (owner, key, run, datasetName, datasetDigest)
        ) STRICT, WITHOUT ROWID;

        """

    /// The versions themselves are resources of the kind `models`. `lastVersion` counts up for ever, so that the number
    /// of a deleted version is not given twice.
    private static let registry = """
        CREATE TABLE registeredModel (
            sequence INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL REFERENCES workspace(key) ON DELETE CASCADE,
            name TEXT NOT NULL,
            description TEXT NOT NULL DEFAULT '',
            createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
            lastVersion INTEGER NOT NULL DEFAULT 0,
            UNIQUE (workspace, name)
        ) STRICT;
        CREATE TABLE registeredModelTag (
            owner INTEGER NOT NULL REFERENCES registeredModel(sequence) ON DELETE CASCADE,
            key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE modelAlias (
            owner INTEGER NOT NULL REFERENCES registeredModel(sequence) ON DELETE CASCADE,
            alias TEXT NOT NULL, version TEXT NOT NULL,
            PRIMARY KEY (owner, alias)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO registeredModel (workspace, name, createdAt, modifiedAt)
            SELECT workspace, name, min(createdAt), max(modifiedAt) FROM resource WHERE kind = 'models' AND version <> ''
            GROUP BY workspace, name;
        """
}
