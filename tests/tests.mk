# The tests: what they are built from, how they run, and the ways of building that only they use.
# Included by the Makefile.

ONLY ?=#          run only the tests whose name contains this
FUZZ ?=#          fuzz only the targets whose name contains this
FUZZ_SECONDS ?= 60
WHERE ?=
# In percent: with less, `make coverage` fails.
LEAST_LINES := libsmmap=99.5 libpackread=98.4
LEAST_BRANCHES := 85

# ---- Programs -------------------------------------------------------------------------------

programs = $(patsubst %.c,$(B)/%,$(call sources,$(1),$(2)))
SMMAP_TESTS := $(call programs,tests/smmap,test_*)
PACKREAD_TESTS := $(call programs,tests/packread,test_*)
FAULT_TESTS := $(call programs,tests/faults,test_*)
MALFORMED_TESTS := $(call programs,tests/malformed,test_*)
ORACLE_TESTS := $(call programs,tests/oracle,test_*)
CROSSCHECK := $(call programs,tests/oracle,crosscheck)
SHELL_TESTS := $(sort $(shell find tests/cli -name 'test_*.sh'))
BENCHES := $(call programs,tests/bench)
FUZZ_SOURCES := $(call sources,tests/fuzz,fuzz_*)
REPLAYS := $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=$(B)/tests/fuzz/replay_%)
FUZZERS := $(FUZZ_SOURCES:tests/fuzz/%.c=$(B)/tests/fuzz/%)
WRITE_PACKS := $(B)/fixtures/write_packs

# What tests share: all of support, the pack writer, and whatever lies beside the tests.
HELPERS := $(call objects,$(call sources,tests/support)) \
	$(filter-out $(B)/fixtures/write_packs.o,$(call objects,$(call sources,fixtures))) \
	$(filter-out %/crosscheck.o,$(call objects,$(foreach file, \
	  $(call sources,tests/smmap tests/packread tests/malformed tests/oracle), \
	  $(if $(filter test_%,$(notdir $(file))),,$(file)))))
$(B)/tests/libtests.a: $(HELPERS) $(B)/sources
	$(archive)
BELOW_TESTS := $(B)/tests/libtests.a $(B)/libpackread.a $(B)/libsmmap.a

pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null || echo $(2))
CHECK_LIBS := $(call pkg,--libs check,-lcheck)
CHECK_CFLAGS := $(call pkg,--cflags check)
LIBGIT2_LIBS := $(call pkg,--libs libgit2,-lgit2)
LIBGIT2_CFLAGS := $(call pkg,--cflags libgit2)

link_test = $(Q)$(CC) $(filter %.o,$^) $(filter %.a,$^) $(ALL_LDFLAGS) $(TEST_LIBS) $(DEPENDENCY_LIBS) $(LDLIBS) -o $@
$(SMMAP_TESTS) $(PACKREAD_TESTS) $(MALFORMED_TESTS): TEST_LIBS = $(CHECK_LIBS)
# Their high-water mark counts every allocation.
$(MALFORMED_TESTS): TEST_LIBS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
$(ORACLE_TESTS) $(CROSSCHECK): TEST_LIBS = $(CHECK_LIBS) $(LIBGIT2_LIBS)
$(BENCHES): TEST_LIBS = $(LIBGIT2_LIBS)
$(SMMAP_TESTS) $(PACKREAD_TESTS) $(MALFORMED_TESTS) $(ORACLE_TESTS) $(CROSSCHECK) $(BENCHES) $(WRITE_PACKS): \
$(B)/%: $(B)/%.o $(BELOW_TESTS)
	$(call say,LD,$@)
	$(link_test)
# Between the product and all that it calls stands wraps.c, which lets calls fail. Only the product's
# own calls go there, so it is put together first.
FAULT_WRAPS := tests/faults/wraps.opt
FAULTY := $(B)/tests/faults/product.o
PROGRAM_TRIAL := $(B)/tests/faults/program_trial.o
FAULT_HELPERS := $(filter-out $(B)/tests/faults/test_% $(PROGRAM_TRIAL),$(call objects,$(call sources,tests/faults)))
$(FAULTY): $(PACKREAD_OBJECTS) $(SMMAP_OBJECTS) $(FAULT_WRAPS) $(B)/sources
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -nostdlib -r -Wl,@$(FAULT_WRAPS) $(filter %.o,$^) -o $@
FAULTY_PROGRAM := $(B)/tests/faults/program.o
$(FAULTY_PROGRAM): $(CLI_OBJECTS) $(FAULT_WRAPS) $(B)/sources
	$(call say,LD,$@)
	$(Q)$(CC) -nostdlib -r -Wl,@$(FAULT_WRAPS) -Wl,--wrap=exit $(filter %.o,$^) -o $@
	$(Q)$(OBJCOPY) --redefine-sym main=packread_main $@
$(B)/tests/faults/test_faults_cli $(B)/tests/faults/test_faults_extract: $(PROGRAM_TRIAL) $(FAULTY_PROGRAM)
$(FAULT_TESTS): TEST_LIBS = $(CHECK_LIBS)
$(FAULT_TESTS): $(B)/%: $(B)/%.o $(FAULT_HELPERS) $(FAULTY) $(B)/tests/libtests.a
	$(call say,LD,$@)
	$(link_test)
# One of them asks libgit2.
INDEXER := $(B)/tests/fuzz/replay_indexer $(B)/tests/fuzz/fuzz_indexer
$(INDEXER): OTHERS = $(LIBGIT2_LIBS)
# One is about a part of the program.
MAILMAP := $(B)/tests/fuzz/replay_mailmap $(B)/tests/fuzz/fuzz_mailmap
$(MAILMAP): $(B)/cli/mailmap.o $(B)/cli/mailmap_header.o
$(REPLAYS): TEST_LIBS = $(OTHERS)
$(REPLAYS): $(B)/tests/fuzz/replay_%: $(B)/tests/fuzz/replay.o $(B)/tests/fuzz/fuzz_%.o $(BELOW_TESTS)
	$(call say,LD,$@)
	$(link_test)
$(FUZZERS): TEST_LIBS = -fsanitize=fuzzer $(OTHERS)
$(FUZZERS): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(BELOW_TESTS)
	$(call say,LD,$@)
	$(link_test)

$(B)/tests/%.o: EXTRA_CFLAGS = $(CHECK_CFLAGS)
$(B)/tests/faults/%.o: EXTRA_CFLAGS = $(CHECK_CFLAGS) -Itests/smmap
$(B)/tests/oracle/%.o: EXTRA_CFLAGS = $(CHECK_CFLAGS) $(LIBGIT2_CFLAGS)
$(B)/tests/bench/%.o: EXTRA_CFLAGS = -DHAVE_LIBGIT2=1 $(LIBGIT2_CFLAGS)
# libFuzzer calls these by name; nothing else declares them.
$(B)/tests/fuzz/%.o: EXTRA_CFLAGS = -Wno-missing-prototypes $(LIBGIT2_CFLAGS)
$(B)/tests/fuzz/fuzz_mailmap.o: EXTRA_CFLAGS = -Wno-missing-prototypes -Icli

# ---- Fixtures: made once, shared by all ways of building -----------------------------------

FIXTURES := .build/fixtures
$(FIXTURES)/.stamp: $(filter-out fixtures/demo.sh fixtures/check.sh,$(wildcard fixtures/*)) | $(WRITE_PACKS)
	$(call say,MAKE,$(FIXTURES))
	@rm -rf $(FIXTURES) && mkdir -p $(FIXTURES)
	@WRITE_PACKS='$(abspath $(WRITE_PACKS))' tests/run.sh --plain fixtures/make.sh '$(abspath $(FIXTURES))' \
	  > $(FIXTURES).log 2>&1 || { cat $(FIXTURES).log; exit 1; }
	@touch $@

# ---- Running --------------------------------------------------------------------------------

# Not for instrumented builds: those are not installed, and the fixtures are the same.
PLAIN_TESTS := $(if $(SANITIZE)$(COVERAGE),,tests/faults/symbols_test.sh tests/install_test.sh \
	tests/layers_test.sh tests/layers_planted_test.sh tests/malformed/test_malformed_git.sh tests/readme_test.sh fixtures/check.sh)
SUITE := $(SMMAP_TESTS) $(PACKREAD_TESTS) $(FAULT_TESTS) $(MALFORMED_TESTS) $(ORACLE_TESTS) $(REPLAYS) $(SHELL_TESTS) $(PLAIN_TESTS)
# ThreadSanitizer's way of building. The rounds of SHA-1 touch nothing that threads share, and take ten times as long when watched.
ifeq ($(SANITIZE),thread)
$(B)/libpackread/platform/sha1_%.o: EXTRA_CFLAGS = -fno-sanitize=thread
endif

# What is run of all that, where a way of building has something to say about a part of the product only.
# ONLY=name chooses among all tests in each of them; WHOLE=1, and check-large, run all.
in_folders = $(foreach folder,$(1),$(filter $(B)/tests/$(folder)/%,$(SUITE)))
by_names = $(foreach name,$(1),$(filter %/$(name) %/$(name).sh,$(SUITE)))
COMMANDS := test_list test_cat test_batch test_index test_extract
ifneq ($(filter thread,$(SANITIZE)),)
# Has nothing to say about a single thread: those that start threads, themselves or through verify, and the model.
# What is large takes minutes then, and its threads meet no more often.
PART := $(filter-out $(call by_names,test_giants test_giants_damaged test_prefix_misled test_many_tables),\
	$(filter $(addprefix $(B)/,$(patsubst %.c,%,$(shell grep -rlE --include='test_*.c' \
	'pthread_create|packread_verify|verify_report' tests/smmap tests/packread))),$(SUITE))) \
	$(call by_names,test_model test_header_sweep test_batch_ahead test_signals)
else ifneq ($(SANITIZE),)
# A process takes ten times as long as in a plain build. Of the program's tests those that begin each command and
# read each format; these ask many times what others ask once, or are about limits that a sanitizer does not keep.
PART := $(filter-out tests/cli/% $(call by_names,test_windows test_header_sweep test_hash_lanes_tables \
	test_changing_ways test_oracle_repositories test_stress test_moving),$(SUITE)) \
	$(call by_names,$(COMMANDS) test_verify_repository test_verify_many test_batch_command test_batch_filter \
	test_batch_mailmap test_batch_symlinks test_batch_zero test_batch_ahead test_disambiguate test_extract_tree \
	test_extract_hostile test_bundle test_names test_names_damaged test_loose test_made_index test_midx_layers \
	test_odd_files test_control_bytes test_signals test_nonblocking test_output test_usage)
else ifeq ($(LIBDEFLATE),0)
# All that inflates.
PART := $(call in_folders,packread/object packread/read packread/repair packread/walk fuzz) \
	$(call by_names,$(COMMANDS) test_inflate_head test_verify_damaged test_verify_bytes test_malformed_flips \
	test_oracle test_large test_budget test_threads readme_test)
else ifneq ($(findstring onepage,$(SMMAP_DEBUG)),)
# All that reads through windows; what takes minutes then, as each byte is a page mapped, asks much of what others ask.
PART := $(filter-out $(call by_names,test_prefix_misled test_giants test_giants_damaged test_moving),\
	$(call in_folders,smmap packread/object packread/pack packread/find packread/read packread/repair packread/walk \
	packread/verify oracle)) $(call by_names,test_list test_cat test_batch test_faults_windows)
else
PART := $(SUITE)
endif
chosen = $(if $(2),$(foreach name,$(1),$(if $(findstring $(2),$(notdir $(name))),$(name))),$(1))

TEST_ENVIRONMENT = FIXTURES='$(abspath $(FIXTURES))' PACKREAD='$(abspath $(PROGRAM))' \
	STATIC='$(abspath $(STATIC))' SANITIZE='$(SANITIZE)' LOGS='$(abspath $(B))/logs' JOBS='$(JOBS)' CC='$(CC)' \
	TEST_SECONDS=$(if $(CHECK_LARGE),3600,$(if $(SANITIZE),2400,900))

programs: $(PRODUCTS) $(SMMAP_TESTS) $(PACKREAD_TESTS) $(FAULT_TESTS) $(MALFORMED_TESTS) $(ORACLE_TESTS) $(CROSSCHECK) $(REPLAYS) $(BENCHES) $(WRITE_PACKS)

TO_RUN := $(if $(ONLY)$(WHOLE)$(CHECK_LARGE),$(call chosen,$(SUITE),$(ONLY)),$(sort $(PART)))
suite: $(if $(filter-out $(TO_RUN),$(SUITE)),$(PRODUCTS) $(WRITE_PACKS) $(filter $(B)/%,$(TO_RUN)),programs) $(FIXTURES)/.stamp
	@$(if $(ONLY)$(filter $(words $(TO_RUN)),$(words $(SUITE))),,echo 'In this way of building, $(words $(TO_RUN)) of $(words $(SUITE)) tests are run (WHOLE=1: all)')
	@$(TEST_ENVIRONMENT) tests/run.sh $(TO_RUN)

replay: $(REPLAYS)
	@$(TEST_ENVIRONMENT) tests/run.sh $(call chosen,$(REPLAYS),$(FUZZ))

check: ## set-up, build, all tests (ONLY=name: some of them)
	@.ci/setup check
	+@$(AGAIN) suite

check-large: ## the same with the tests that need gigabytes of disk or minutes
	@.ci/setup check
	+@CHECK_LARGE=1 $(AGAIN) suite

asan: ## the tests under AddressSanitizer and UBSan (WHOLE=1: those that take long there, too)
	@.ci/setup check
	+@$(AGAIN) VARIANT=asan SANITIZE=address,undefined suite

ubsan: ## the same under UBSan alone
	@.ci/setup check
	+@$(AGAIN) VARIANT=ubsan SANITIZE=undefined suite

tsan: ## the tests that use threads, under ThreadSanitizer
	@.ci/setup check
	+@$(AGAIN) VARIANT=tsan SANITIZE=thread suite

onepage: ## the tests that read through windows (WHOLE=1: all), with windows of one page, unmapped at release
	@.ci/setup check
	+@SMMAP_DEBUG=onepage $(AGAIN) suite

coverage: ## all tests, then the lines and branches they reach: .build/coverage/html
	@.ci/setup coverage
	@if [ -d .build/coverage ]; then find .build/coverage -name '*.gcda' -delete; fi
	+@$(AGAIN) VARIANT=coverage COVERAGE=1 suite
	@tests/coverage.sh .build/coverage $(LEAST_BRANCHES) $(LEAST_LINES)

fuzz-replay: ## the kept fuzz corpus through each target, without libFuzzer
	@.ci/setup check
	+@$(AGAIN) replay

fuzz: ## libFuzzer on each target for FUZZ_SECONDS (FUZZ=name: one of them)
	@.ci/setup fuzz
	+@$(AGAIN) VARIANT=fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined fuzzers
	@JOBS=$(JOBS) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run_fuzzers.sh .build/fuzz-clang \
	  $(foreach name,$(call chosen,$(FUZZ_SOURCES),$(FUZZ)),$(notdir $(basename $(name))))
fuzzers: $(FUZZERS)

crosscheck: ## every object of WHERE=path compared with what libgit2 reads
	@[ -n '$(WHERE)' ] || { echo 'usage: make crosscheck WHERE=path-to-a-repository' >&2; exit 2; }
	@.ci/setup check
	+@$(AGAIN) crosscheck-program
	@$(B)/tests/oracle/crosscheck '$(WHERE)'
crosscheck-program: $(CROSSCHECK)

bench: ## measurements beside others at the same work (WHERE=path: on that repository)
	@.ci/setup check
	+@$(AGAIN) all benches
	@BENCH_DIR='$(abspath $(B))/tests/bench' PACKREAD='$(abspath $(PROGRAM))' WHERE='$(WHERE)' tests/bench/run.sh
benches: $(BENCHES)

check-fresh: ## README's commands on a fresh Debian 12 (needs root and debootstrap)
	@tests/fresh_machine.sh

.PHONY: programs suite replay check check-large asan ubsan tsan onepage coverage fuzz-replay fuzz fuzzers \
	crosscheck crosscheck-program bench benches check-fresh
