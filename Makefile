# The system in short commands; `make` lists them. deploy/ has what runs it, scripts/ what tests and measures it.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run stop build test test-deployment lint format sanitize-address sanitize-thread check bench chaos logs clean reset

# An import that Package.swift does not declare is an error. Package.swift reads deploy/services.tsv, whose changes the
# cache of manifests does not notice. The tests are swift-testing's, so XCTest stays out.
strict := --manifest-cache none --explicit-target-dependency-import-check error
tests := swift test --disable-xctest $(strict)
COUNT ?= 20

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z% -]+:.*## / { printf "  %-32s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start everything; Ctrl-C stops it (KAFKA_BOOTSTRAP_SERVERS, DATA_DIR, PORT_OFFSET)
	@deploy/run

stop: ## stop what `make run` started, from another terminal
	@deploy/ctl shutdown

# One rule each: a pattern rule with several targets runs only once for all of them.
stop-%: ## stop one program, as in make stop-store
	@deploy/ctl stop $*

start-%: ## start it again
	@deploy/ctl start $*

restart-%: ## both
	@deploy/ctl restart $*

build: ## build all executables for release
	@deploy/packages build
	swift build -c release $(strict)

test: ## everything: packages, format, debug build, all tests
	@deploy/packages build run test
	@$(MAKE) --no-print-directory lint
	swift build --build-tests $(strict)
	@scripts/with-kafka scripts/with-postgres scripts/tests --skip-build

test-deployment: ## check the manifests, run a pod; build the images, bring Compose up (needs root, KAFKA_HOME)
	@deploy/packages build containers
	scripts/manifest-test
	scripts/manifest-test --self-test
	swift build $(strict)
	BIN_DIR=.build/debug scripts/pod-test
	scripts/container-test

lint: ## check the format of the Swift sources, and the scripts where shellcheck is there
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	@! command -v shellcheck > /dev/null || shellcheck --external-sources $$(grep -lE '^#!.*bash' -r deploy scripts .ci)

format: ## bring the Swift sources into format
	swift format --in-place --parallel --recursive Package.swift Sources Tests

sanitize-address: ## all tests with the address sanitizer
	@deploy/packages build run test
	@scripts/with-kafka scripts/with-postgres scripts/tests --sanitize address --scratch-path .build/address

sanitize-thread: ## tests with the thread sanitizer, but for those of whole programs: it does not see librdkafka's threads
	@deploy/packages build run test
	TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/tsan.supp $(tests) --no-parallel --sanitize thread \
		--scratch-path .build/thread --skip 'KafkaTests|ServiceKitTests|EndToEndTests'

check: ## what is run before each push: tests, then both sanitizers
	@scripts/check

bench: ## measure a fresh system of its own (KAFKA_BOOTSTRAP_SERVERS, BENCH_SECONDS, BENCH_PEER)
	@deploy/packages build run bench
	swift build -c release $(strict)
	@scripts/bench/bench

chaos: ## kill everything at the worst and at random moments, compare all there is to see: make chaos COUNT=20
	@deploy/packages build run test
	@scripts/chaos $(COUNT)

logs: ## follow the logs of what runs
	@exec tail -n 20 -F "$${DATA_DIR:-data}"/logs/*.log

clean: ## remove what was built
	swift package clean
	rm -rf .build/address .build/thread

reset: ## forget all data of stopped services (./data, or DATA_DIR)
	@! deploy/ctl pid > /dev/null 2>&1 || { echo "make stop first"; exit 1; }
	rm -rf "$${DATA_DIR:-data}"/run "$${DATA_DIR:-data}"/logs "$${DATA_DIR:-data}"/*.db*
