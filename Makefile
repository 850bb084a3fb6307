# Everything one does with Postbag. `make help` lists it.
#
# Needs Python 3.11 or later and a package index; PYTHON= names another interpreter.

.POSIX:
.SUFFIXES:

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

VENV = .venv
BIN = $(VENV)/bin
ENVIRONMENT = $(VENV)/made
RUNTIME = $(VENV)/installed-requirements.txt
DEVELOPMENT = $(VENV)/installed-requirements-dev.txt
# One process of tests for each processor, and all of a file in one: of some files the
# last tests ask what the others said. ARGS="-n 0" has one process do it all.
PYTEST = $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
MANAGE = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python manage.py

# What a real place sets, for checks that connect to nothing.
LIKE_LIVE = DELIVERY=live MAIL_URL=smtp+starttls://mail.postbag.example \
	SENDER_ADDRESS=letters@postbag.example SITE_URL=https://postbag.example \
	ALLOWED_HOSTS=postbag.example PROXY_COUNT=1 CONTROLLER_NAME="Postbag Example" \
	CONTROLLER_CONTACT=privacy@postbag.example \
	SECRET_KEY=checked-by-nobody-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF

# Where sentences are found, besides gettext's own words for it.
KEYWORDS = -k gettext_lazy -k gettext_noop -k pgettext_lazy:1c,2 \
	-k ngettext_lazy:1,2 -k npgettext:1c,2,3

.PHONY: help run manage backup restore test unit quick slow coverage check format catalogues bench bench-delivery bench-postcodes browser clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME) ## Set up a demo and serve it on 127.0.0.1, port PORT (8000), until Ctrl-C.
	@exec $(MANAGE) serve --set-up --port $(PORT)

manage: $(RUNTIME) ## Run a management command: make manage ARGS="check --deploy".
	@exec $(MANAGE) $(ARGS)

backup: $(RUNTIME) ## Back up the database while it is used: make backup ARGS=FOLDER.
	@exec $(MANAGE) backup $(ARGS)

restore: $(RUNTIME) ## Put a back-up in its place: make restore ARGS="FILE --replace".
	@exec $(MANAGE) restore $(ARGS)

# AND="and not unit" leaves out what asks no database, where it ran on another.
test: quick slow ## Run every test, browser journeys included.

unit: $(DEVELOPMENT) ## Run the tests that need no database, in less than a minute.
	$(PYTEST) -m "unit and not journey and not slow" $(ARGS)

quick: $(DEVELOPMENT) ## Run the tests without the browser and the slow ones.
	$(PYTEST) -m "not journey and not slow $(AND)" $(ARGS)

# Two at a time: a journey waits for its browser half of the time. More, and what starts
# four workers of its own finds none of the machine left.
slow: $(DEVELOPMENT) browser ## Run the browser journeys and the slow tests.
	$(PYTEST) --maxprocesses 2 -m "(journey or slow) $(AND)" $(ARGS)

coverage: $(DEVELOPMENT) browser ## Run every test and say which lines none reached.
	$(PYTEST) --cov --cov-report=term $(ARGS)

check: $(DEVELOPMENT) ## Check format, lint, types, imports, deployment, migrations.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint templates
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	@echo "manage.py check --deploy, with settings as for real:"
	@env $(LIKE_LIVE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

format: $(DEVELOPMENT) ## Format the code and mend what the linter can.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogues: $(DEVELOPMENT) ## Bring the translations' files up to date with the code.
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml $(KEYWORDS) \
		--add-comments Translators: --strip-comments --add-location file --sort-by-file \
		--project Postbag --output locale/postbag.pot .
	$(BIN)/pybabel --quiet update --input-file locale/postbag.pot --output-dir locale \
		--domain django --no-fuzzy-matching --ignore-obsolete
	$(BIN)/pybabel --quiet compile --directory locale --domain django --statistics

bench: $(DEVELOPMENT) ## Measure, each figure beside its yardstick.
	$(BIN)/python -m benchmarks $(ARGS)

bench-delivery: ## Measure the delivery of letters alone.
	@$(MAKE) bench ARGS=delivering

bench-postcodes: ## Measure the import of a directory of postcodes alone.
	@$(MAKE) bench ARGS=importing

# The journeys need a Chromium: one that is there, else Debian's package.
browser: $(DEVELOPMENT)
	@$(BIN)/python -m tests.journeys.chromium

clean: ## Remove the environment and caches; var/, with its data, stays.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis .schemathesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is a copy of what was installed, so that a checkout that only touches
# the file's time installs nothing again.
$(ENVIRONMENT):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Postbag needs Python 3.11 or later; name one with PYTHON=, for example: make run PYTHON=python3.11" >&2; \
		exit 1; }
	@echo "Creating the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python could not create an environment; on Debian: apt-get install python3-venv" >&2; \
		rm -rf $(VENV); exit 1; }
	@touch $@

$(RUNTIME): $(ENVIRONMENT) requirements.txt
	@cmp -s requirements.txt $@ || { \
		echo "Installing what Postbag runs on (requirements.txt) ..."; \
		$(PIP) install --requirement requirements.txt; }
	@cp requirements.txt $@

$(DEVELOPMENT): $(RUNTIME) requirements-dev.txt
	@cat requirements.txt requirements-dev.txt | cmp -s - $@ || { \
		echo "Installing what the tests and checks need (requirements-dev.txt) ..."; \
		$(PIP) install --requirement requirements-dev.txt; }
	@cat requirements.txt requirements-dev.txt > $@
