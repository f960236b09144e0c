# The verbs of the project. On a bare machine: Python 3.11 or later with venv, make, git. uv is used where it is found.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

# A caller's settings must not leak into the tests.
CLEAN_ENV = env -u PORT $$(env | sed -n 's/^\(TRACKER_[A-Z_]*\)=.*/-u \1/p')
DEVELOPMENT = env TRACKER_ENV=development TRACKER_DEMO=1

# Install a lock file unless exactly it was installed before: the stamp carries the files' checksum.
# What the tests need includes what the application needs.
define install
	@set -e; \
	sum=$$(cat $(1) pyproject.toml | cksum | tr ' ' '-'); stamp=.venv/.installed-$(1)-$$sum; \
	if [ ! -x $(BIN)/python ]; then echo "Making the environment in .venv"; $(PYTHON) -m venv .venv; fi; \
	if [ ! -e $$stamp ]; then \
		echo "Installing $(1)"; \
		if command -v uv >/dev/null 2>&1; then \
			uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
			uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
		else \
			$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
			$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
		fi; \
		touch $$stamp; \
	fi
endef

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: install
install: ## Make .venv with what the application needs
	@sum=$$(cat requirements-dev.lock pyproject.toml | cksum | tr ' ' '-'); \
	[ -e .venv/.installed-requirements-dev.lock-$$sum ] || $(MAKE) --no-print-directory install-run

.PHONY: install-run
install-run:
	$(call install,requirements.lock)

.PHONY: install-dev
install-dev: ## Make .venv with what tests and checks need as well
	$(call install,requirements-dev.lock)

.PHONY: run
run: install ## Serve a demonstration at http://127.0.0.1:8000
	@$(DEVELOPMENT) $(BIN)/tracker db upgrade
	@$(DEVELOPMENT) $(BIN)/tracker reference sync
	@$(DEVELOPMENT) $(BIN)/tracker demo load --if-empty
	@$(DEVELOPMENT) $(BIN)/tracker serve

.PHONY: test
test: install-dev ## Run the tests, on SQLite and PostgreSQL
	$(CLEAN_ENV) $(BIN)/pytest -n 2 $(ARGS)

.PHONY: test-deep
test-deep: install-dev ## The same with many more examples in the property tests
	$(CLEAN_ENV) HYPOTHESIS_PROFILE=deep $(BIN)/pytest -n 2 $(ARGS)

.PHONY: check
check: install-dev ## Formatting, lint, types, import contracts, templates, migrations, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet
	$(CLEAN_ENV) $(BIN)/tracker db check
	$(BIN)/deptry .

.PHONY: bench
bench: install-dev ## Measure against the bars of PERFORMANCE.md, at 10,000 activities
	$(CLEAN_ENV) $(BIN)/python -m tests.bench $(ARGS)

.PHONY: chaos
chaos: install-dev ## Kill, lock, fill, restart and step the clock while people write; print what was counted
	$(CLEAN_ENV) $(BIN)/python -m tests.chaos $(ARGS)

.PHONY: screenshots
screenshots: install-dev ## Make the README's screenshots anew
	$(CLEAN_ENV) $(BIN)/python -m tests.screenshots

COMPILE = uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url
.PHONY: lock
lock: ## Resolve requirements*.in into the lock files (needs uv)
	$(COMPILE) $(ARGS) requirements.in -o requirements.lock
	$(COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.lock

.PHONY: clean
clean: ## Remove what was made, except the data in instance/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
