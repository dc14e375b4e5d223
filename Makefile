# What a person or a CI system does with kmsproof. `make help` lists it.
#
# prove, test and build need git, make and Go. check needs a C compiler too, for the race detector;
# e2e installs what it needs on Debian.

SHELL := bash

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# What judges whole load profiles on virtual time, or plays the whole suite or the command over and over,
# is ten to thirty times slower under the race detector: minutes, for code that runs under it in other
# packages anyhow.
UNRACED := ./cmd/kmsproof ./proof ./docs ./loadgen/zoo ./deploy ./.ci/excuse
RACED    = $(LONGEST) $(filter-out %/proof %/zoo %/cmd/kmsproof %/deploy %/docs,$(shell go list ./...))

# So are these tests of loadgen, reference, reports and steps.
UNRACED_TESTS := ^(TestHostileTokens|TestTheTableOfOperationsIsTrue|TestLimitsAreExchanged|TestEveryRouteHasOneMethodAndOneSpelling|TestNoRouteReadsMoreThanItTakes|TestAWholeRunWithoutWaiting|TestALongRunTakesFourBytesACallAndBoundedMemory|TestAClimbRefutesOnlyWhatItHasShown|TestARefutedClaimSaysWhatWasTested|TestAVerdictNamesThePremiseOfWhatDecidedIt|TestEachFormIsWrittenBySomebody|TestThePageLoadsNothing|TestShuffledRepetitions|TestAClimbEndsWhereTheTargetDoes|TestAReferenceCountsAsTheGeneratorDoes|TestALegThatCannotBePlayedIsLeftOut|TestAReferenceWhoseClockWasMovedTellsNothing|TestEveryRouteReadsBodiesStrictly|TestAKoreanPageSaysNoneOfOurWordsInEnglish|TestALargePageStaysUnderTwoMegabytes|TestEveryExchangeOfTheSuiteFitsTheDescription|TestAnyHistoryGoesThroughAStateFile|TestFilesKeepWhatIsKnownOfAnAttempt|TestARecordingIsJudgedTheSameFromItsFiles|TestEveryLimiterIsToldForWhatItIs|TestWhatWasMistakenIsNot|TestManyKeysAreLookedAt|TestAJitteryLineMakesUnsureAndNotWrong|TestAnotherKindOfLimiterIsNotShortOverALongLine|TestAStormShowsWhoChargesRefusedCalls|TestWhatALimitCountsIsNamed|TestALongLookIsExact|TestHowAKeyRefillsIsTold|TestARefutedClaimHasAWitness|TestTheModelIsTheLimiter|TestAHotKeyIsToldFromItsVictims|TestARehearsalJudgesAServerWithoutWaiting|TestKeysThatAreOnlyUsedAreLent|TestTheSuiteHoldsOnTargetsThatAreNotOurs|TestWhatATargetLacksIsSkipped|TestWhatIsNoAnswerOfAKMSPassesNothing|TestASharedTargetIsLeftAsItWas|TestOtherReadingsFailNothing|TestWhatIsDeclaredAndNotThereIsTold|TestAYesManFailsEveryRefusal|TestNothingWaits|TestShardsPartTheSuite|TestTheSeedShufflesAcrossFeatures)$$

# Packages are tested in the order in which they are named, two at a time: those that take longest begin, so that
# no core waits for the last.
LONGEST := ./loadgen ./loadgen/fleet ./reference ./steps

# Each test once: with REST=1, test leaves out the packages whose tests check has run.
TESTED = $(if $(REST),$(UNRACED),./... ./.ci/excuse)

# The tests with the build tag e2e, by name: their packages have other tests too, which need no tools.
E2E_FILES = $(or $(shell grep -rl --include='*_test.go' --exclude-dir=browser '^//go:build e2e' .),$(error no test has the build tag e2e))
E2E_TESTS = $(shell grep -hoE '^func Test[A-Za-z0-9_]+' $(E2E_FILES) | cut -d' ' -f2 | paste -sd '|' -)

FUZZTIME ?= 10s

# Tests keep little and throw away much: with Go's own setting a fifth of their time goes to the collector.
export GOGC ?= 400

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r t what; do printf '  make %-8s %s\n' "$$t" "$$what"; done

.PHONY: build
build: ## build bin/kmsproof
	go build -ldflags '-X main.version=$(VERSION)' -o bin/kmsproof ./cmd/kmsproof

.PHONY: prove
prove: build ## the main job, on an embedded reference: conformance and load, one report in kmsproof-out
	bin/kmsproof prove

.PHONY: test
test: ## every test that needs only Go
	go test -shuffle=on $(TESTED)
	$(if $(REST),go test -run '$(UNRACED_TESTS)' ./steps ./reference ./loadgen ./reports)
	go -C bench test -shuffle=on .
	go -C strangers test -shuffle=on .
	go -C sarif test -shuffle=on .

.PHONY: check
check: format vet lint modern tidy race ## format, vet, linters, go.mod, and the tests under the race detector

.PHONY: e2e
e2e: ## the tests that need curl, openssl, xmllint, Chromium or tmux; installs them on Debian
	.ci/e2e-tools
	go test -count=1 -tags e2e -run '^($(E2E_TESTS))$$' $(sort $(dir $(E2E_FILES)))
	go -C browser test -count=1 -tags e2e ./...

.PHONY: shots
shots: export SHOTS := $(abspath $(or $(SHOTS),bin/shots))
shots: ## pictures of the pages and the terminal view into SHOTS (bin/shots), to be looked at (5 min)
	go -C browser test -count=1 -tags e2e -run '^TestShots$$' ./...
	go test -count=1 -tags e2e -run '^TestShots$$' ./cmd/kmsproof

.PHONY: mutants
mutants: build ## the kill matrix: which scenario or claim catches each broken reference
	bin/kmsproof mutants

.PHONY: bench
bench: build bin/vegeta bin/k6 ## speed beside a bare handler, vegeta and k6, into docs/performance.md; on an idle machine (30 min)
	cd bench && go build -o ../bin/bench . && ../bin/bench -page ../docs/performance.md

# The peers of bench, from modules of their own: k6 alone is 780 packages.
bin/vegeta: bench/go.mod
	go -C bench build -o ../bin/vegeta github.com/tsenart/vegeta/v12

bin/k6: bench/k6/go.mod
	go -C bench/k6 build -o ../../bin/k6 go.k6.io/k6

.PHONY: fuzz
fuzz: ## every fuzz test for FUZZTIME, a time or a count such as 1000x (10s)
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed 's|^\(.*\)/[^/]*:[0-9]*:func \(Fuzz[A-Za-z0-9_]*\).*|\1 \2|' | \
	while read -r dir name; do echo "fuzz $$dir $$name"; go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "$$dir" || exit 1; done

.PHONY: golden
golden: ## write the golden files anew; look at the diff
	go test ./reports ./live -update

.PHONY: docs
docs: ## write docs/rules.md anew, from the rules, the scenarios and the mutants
	go test ./proof -run '^TestTheRulesPageIsUpToDate$$' -update

.PHONY: reviewed
reviewed: ## name the scenarios of rules that changed, and note that they were looked at again
	@go test ./proof -count=1 -run '^TestScenariosWereReviewedSinceTheirRuleChanged$$' -reviewed -v | awk '!/^(===|---|PASS|ok)/'

.PHONY: matrix
matrix: build ## write proof/matrix.txt anew: how every scenario ends on every mutant
	bin/kmsproof mutants --matrix proof/matrix.txt --seed 1

.PHONY: verdicts
verdicts: build ## write docs/verdicts.md anew: how often the verdicts are right (EXPERIMENTS each, 3000: 90 min on two cores; begun, it goes on)
	bin/kmsproof load --characteristics --experiments $(or $(EXPERIMENTS),3000) --resume bin/verdicts.json --format markdown > bin/verdicts.md
	mv bin/verdicts.md docs/verdicts.md
	rm bin/verdicts.json

# The parts of check.

.PHONY: format
format:
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "gofmt would change:" $$files >&2; exit 1; }

.PHONY: vet
vet:
	go vet -tags e2e ./... ./.ci/excuse
	go -C bench vet .
	go -C strangers vet .
	go -C sarif vet .
	go -C browser vet -tags e2e ./...

.PHONY: lint
lint: bin/tools/staticcheck
	go vet -vettool=bin/tools/vet -tags e2e ./... ./.ci/excuse
	bin/tools/staticcheck -tags e2e ./... ./.ci/excuse

bin/tools/staticcheck: tools/go.mod tools/go.sum tools/vet/main.go
	go -C tools build -o ../bin/tools/ ./vet honnef.co/go/tools/cmd/staticcheck
	@touch $@

# go fix knows newer ways to write a thing; what it would change is an error.
.PHONY: modern
modern:
	go fix -diff -tags e2e ./...
	go -C browser fix -diff -tags e2e ./...

.PHONY: tidy
tidy:
	go mod tidy -diff
	go -C tools mod tidy -diff
	go -C bench mod tidy -diff
	go -C strangers mod tidy -diff
	go -C sarif mod tidy -diff
	go -C browser mod tidy -diff

.PHONY: race
race:
	@command -v $$(go env CC | cut -d' ' -f1) >/dev/null || { \
	echo "the race detector needs a C compiler, and there is none: install one (Debian: apt-get install gcc libc6-dev); make test needs none" >&2; exit 1; }
	CGO_ENABLED=1 go test -race -shuffle=on -skip '$(UNRACED_TESTS)' $(RACED)
