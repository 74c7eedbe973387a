# Tasuki. `make help` lists what can be asked; the work itself is in tests/tools/.

SECONDS ?= 60

.PHONY: help page demo demo-reset test check bench figures fuzz fmt lint docs clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## Build, fill and start a demo consortium on https://localhost:8443 (Ctrl-C stops it; data stays)
	@tests/tools/demo

demo-reset: ## Throw the demo's data away and start afresh
	@tests/tools/demo --reset

test: ## Everything: format, lints, all tests on both databases and in the browser, docs, fuzz targets, advisories
	@tests/tools/test

check: ## The same without the slow parts
	@tests/tools/test --quick

page: ## Build the web client into client-web/dist, where the next release build takes it from
	@tests/tools/page

bench: ## Measure the server against the limits of this machine
	@tests/tools/bench

figures: ## Measure the page: its weight, a slow device, a change of person, a room of 5,000 posts
	@tests/tools/figures

fuzz: ## Run every fuzz target; SECONDS=60 each unless told otherwise
	@tests/tools/fuzz $(SECONDS)

fmt: ## Format the code
	@cargo fmt
	@cargo fmt --manifest-path tests/fuzz/Cargo.toml

lint: ## Clippy on everything, warnings refused
	@cargo clippy --workspace --all-targets --locked -- -D warnings

docs: ## Build the code's documentation into target/doc
	@RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

clean: ## Remove everything that was built (the demo's data stays)
	@cargo clean
	@rm -rf client-web/dist
