#!/usr/bin/env bash
# To be run before each push: format, build and tests with warnings as errors, then both sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
make test
make sanitize-address
make sanitize-thread
echo "All checks passed."
