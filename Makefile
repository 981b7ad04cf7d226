# What one may do here. `make help` lists it.
PYTHON ?= python3
WEB := .venv/bin/python

.PHONY: help run train talk test check screenshots examples bench bench-understanding bench-safety bench-speed bench-soak bench-directory bench-widget format clean bench-fuzz sbom audit secrets

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up what is missing, then start the assistant; Ctrl-C stops it
	@$(PYTHON) -m launcher setup
	@$(WEB) -m launcher run

train: ## build a release from the content as it is now
	@$(PYTHON) -m launcher setup
	@$(WEB) -m launcher train

talk: ## chat in the terminal with the assistant that runs
	@$(WEB) -m launcher talk

development:
	@$(PYTHON) -m launcher setup --development

test: development ## every test, against real processes
	@$(WEB) -m pytest

check: development ## style, types, imports and content
	@$(WEB) -m ruff check .
	@$(WEB) -m ruff format --check .
	@$(WEB) -m mypy
	@$(WEB) -m bot check

format: development ## put the code in its standard form
	@$(WEB) -m ruff check --fix-only -q .
	@$(WEB) -m ruff format -q .

screenshots: development ## make the pictures of the editors' guides and of the widget's states anew
	@mkdir -p docs/screenshots var/screenshots
	@CYSWLLT_TEST_SCREENSHOTS=docs/screenshots $(WEB) -m pytest -q tests/story
	@CYSWLLT_TEST_SCREENSHOTS=var/screenshots $(WEB) -m pytest -q tests/browser/test_states.py

examples: development ## record the gateway's replies and the screen-reader trees of the widget's states anew
	@$(WEB) -m tests.widget.record
	@CYSWLLT_TEST_TREES=write $(WEB) -m pytest -q tests/browser/test_states.py

bench: ## every measurement; tables go to docs/, missed targets are named at the end
	@missed=; for each in understanding safety directory widget speed; do \
		$(MAKE) --no-print-directory bench-$$each || missed="$$missed bench-$$each"; \
	done; test -z "$$missed" || { echo "Target missed, or not measured:$$missed"; exit 1; }

bench-understanding: development ## how well each language is understood
	@.venv-rasa/bin/python -m bench.understanding

bench-directory: development ## speed of the directory search
	@$(WEB) -m bench.directory

bench-widget: development ## what the widget costs a phone, beside others
	@$(WEB) -m bench.widget

bench-safety: development ## how much danger is heard, and how often in vain
	@$(WEB) -m bench.safety

bench-fuzz: development ## 200,000 made-up inputs against everything that reads them first
	@$(WEB) -m bench.fuzz

sbom: development ## what both environments hold, as CycloneDX, in var/sbom
	@$(WEB) -m launcher.supply sbom

audit: development ## known advisories against what both environments hold
	@$(WEB) -m launcher.supply audit

secrets: development ## passwords and keys in what Git holds
	@$(WEB) -m launcher.supply secrets

bench-speed: development ## latency, throughput, memory and start-up beside vanilla Rasa
	@$(WEB) -m bench.speed

bench-soak: development ## half an hour of steady load on two of everything
	@$(WEB) -m bench.soak --minutes 30

clean: ## delete environments, releases and databases
	rm -rf .venv .venv-rasa .venv-audit var
