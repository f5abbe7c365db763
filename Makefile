# `make help` prints the comments behind the names. One build at a time: two cores and one .build folder.
.NOTPARALLEL:
.DEFAULT_GOAL := help
SHELL := bash
export PATH := $(CURDIR)/.venv-tools/bin:$(PATH)

SWIFT_FILES := Package.swift Sources Tests
RELEASE := swift build -c release --static-swift-stdlib
DATA ?=
ONCE ?=
SHORT ?=

.PHONY: help setup setup-engine setup-engines build debug-build test check format compat demo bench bench-mlflow run docs clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: ## install what is missing on this machine (Debian packages, uv, libtorch)
	@scripts/setup

setup-engine: ## libtorch alone: the engine that trains detectors
	@scripts/setup-engine

setup-engines: ## optional: ONNX Runtime and OpenVINO, for faster scoring
	@scripts/setup-engines

build: setup ## release build of martlet, martlet-worker and the tensor plug-in
	$(RELEASE) --product martlet
	$(RELEASE) --product martlet-worker
	$(RELEASE) --product EngineTorch
	@if [ -d .venv-engines ]; then scripts/setup-engines onnxruntime; fi

debug-build: setup ## debug build, tests included; warnings of ours are errors
	@scripts/build-strict

test: setup ## build and run every test
	@scripts/build-strict
	OMP_NUM_THREADS=1 swift test --skip-build

check: setup ## is my change good? format, floors, style, and a build without warnings
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)
	@scripts/check-floors
	@scripts/check-style
	@scripts/build-strict

format: ## lay out the Swift sources
	swift format format --in-place --parallel --recursive $(SWIFT_FILES)

compat: build ## the official Azure ML and MLflow clients against our server
	@compat/run

demo: build ## the main job on photos made here; DATA=folder for your own, ONCE=1 to stop afterwards, SHORT=1 for a quick look
	@DATA='$(DATA)' ONCE='$(ONCE)' SHORT='$(SHORT)' scripts/demo

bench: build ## measure start-up, memory, overhead and throughput
	@benchmarks/run

bench-mlflow: build ## measure our MLflow server beside stock MLflow, back to back
	@benchmarks/mlflow.py

run: build ## start the server in ./martlet-data
	.build/release/martlet serve

docs: ## print generated parts of docs/ anew
	scripts/check-floors --write
	swift run martlet schema --output schemas

clean: ## remove what was built; data folders stay
	rm -rf .build
