# The two commands of the README: `make run` and `make test`. Needs Python 3.11 and make, nothing else.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Often set by tools; with it every flow run costs six seconds more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run test test-all audit fuzz bench chaos machines lint lock clean

install: $(STAMP)

# Exact versions with hashes; bytecode is compiled once, here, and not in every flow run.
$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "dondoc needs Python 3.11: no '$(PYTHON)' found; set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock --python $(BIN)/python
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	$(BIN)/python -m compileall -q cli config directives flows notifications tasks
	@touch $(STAMP)

run: install
	@$(BIN)/dondoc up

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pyright

# Two processes; a file's tests stay together, for what a module starts once, and the order is the tests' own (tests/conftest.py).
test: install lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# What needs Debian's packages or a long time, after everything that does not.
test-all: test
	.ci/packages
	$(BIN)/pytest -m system

# Figures and ratios of one run; each program fails beyond its limits. The drain needs Debian's postfix.
BENCH := passes board planning digests drain unit_page verify national overhead growth
bench: install
	@failed=; for one in $(BENCH); do $(BIN)/python -m bench.$$one || failed="$$failed $$one"; done; \
	  test -z "$$failed" || { echo "beyond their limits, or not measured:$$failed"; exit 1; }

# Processes killed at every step on both databases, a mail server that goes wrong in every way, disks, databases, clocks
# and mailboxes that fail: an hour. The outages need root, and Debian's postfix and dovecot; the others can be run alone.
chaos: install
	@test "$$(id -u)" = 0 || { echo "make chaos mounts a small filesystem and starts mail servers: run it as root"; exit 1; }
	@.ci/packages postfix dovecot-imapd dovecot-lmtpd
	$(BIN)/python -m tests.chaos.faults
	$(BIN)/python -m tests.chaos.outages
	$(BIN)/python -m tests.chaos.kills
	$(BIN)/python -m tests.chaos.prefect_lost

# All of it on several machines, started on one, of which one dies; four deliverers on one outbox. Needs Debian's PostgreSQL
# and Redis.
machines: install
	@.ci/packages postgresql redis-server
	$(BIN)/python -m tests.machines.deliverers
	$(BIN)/python -m tests.machines.kills

# Files with pieces changed, given to every reader, for ten minutes.
fuzz: install
	$(BIN)/python -m tests.hostile.fuzz

# What is inside: no unused or undeclared package, nothing that bandit finds unexplained, the list of all (CycloneDX) and their
# licences, and no known advisory. The last needs an advisory service.
audit: install
	$(BIN)/deptry .
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml cli config directives flows notifications tasks
	@mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json $(BIN)/python
	$(BIN)/python -m tests.hostile.licences > build/licences.txt
	@echo "build/sbom.json and build/licences.txt: what is installed, and under which licence"
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock || \
	  { echo "not clean: an advisory above, or no advisory service could be asked (then run it where one can be reached)"; exit 1; }

lock:
	$(BIN)/uv pip compile pyproject.toml --extra machines --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) var build
