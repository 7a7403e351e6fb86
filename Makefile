# packread: windows over files (libsmmap), git's objects above them (libpackread), one tool on top
# (cli). Whatever is built goes to .build/; `make help` lists the targets. New source files are
# found by name: none of them has to be listed here.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# ---- What a user may set --------------------------------------------------------------------

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
DESTDIR    ?=
CFLAGS     ?= -O2 -g
CPPFLAGS   ?=
LDFLAGS    ?=
LDLIBS     ?=
CC         ?= cc
AR         ?= ar
OBJCOPY    ?= objcopy
PKG_CONFIG ?= pkg-config
LIBDEFLATE ?= auto#     0: build without libdeflate
WERROR     ?= 0#        1: warnings are errors
SANITIZE   ?=#          address,undefined  thread  ...
COVERAGE   ?=#          1: count executed lines
JOBS       ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
V          ?=#          1: show each command

comma      := ,
VARIANT    ?= $(if $(SANITIZE),$(subst $(comma),-,$(SANITIZE)),release)
# One folder per way of building, so that switching between them rebuilds nothing.
B := .build/$(VARIANT)$(if $(filter 0,$(LIBDEFLATE)),-zlib)$(addprefix -,$(filter-out cc,$(notdir $(firstword $(CC)))))

version_part = $(shell awk '$$2 == "$(2)" { print $$3 }' $(1) 2>/dev/null)
VERSION := $(call version_part,libsmmap/smmap.h,SMMAP_VERSION_MAJOR).$(call version_part,libsmmap/smmap.h,SMMAP_VERSION_MINOR).$(call version_part,libsmmap/smmap.h,SMMAP_VERSION_PATCH)
# The number of the binary interface: raised when a program built before would break.
SOVERSION := 1

# ---- What the machine has -------------------------------------------------------------------

HASH := \#
# $(call has,MODULE): 1 if pkg-config knows it. $(call links,HEADER,FLAG): 1 if that compiles.
has = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo 1)
links = $(shell mkdir -p .build && printf '$(HASH)include <$(1)>\nint main(void) { return 0; }\n' | \
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -x c - $(2) -o .build/probe 2>/dev/null && echo 1)

# $(call find,MODULE,HEADER,FLAG): adds MODULE to MODULES, or FLAG to PLAIN_LIBS, or is empty.
define find
$(1)_BY := $$(if $$(call has,$(1)),pkg-config,$$(if $$(call links,$(2),$(3)),compiler))
MODULES += $$(if $$(filter pkg-config,$$($(1)_BY)),$(1))
PLAIN_LIBS += $$(if $$(filter compiler,$$($(1)_BY)),$(3))
endef
MODULES :=
PLAIN_LIBS :=
$(eval $(call find,zlib,zlib.h,-lz))
$(eval $(call find,nettle,nettle/sha1.h,-lnettle))
MISSING := $(if $(zlib_BY),,zlib) $(if $(nettle_BY),,nettle)
ifneq ($(LIBDEFLATE),0)
$(eval $(call find,libdeflate,libdeflate.h,-ldeflate))
endif

DEPENDENCY_CFLAGS := $(if $(strip $(MODULES)),$(shell $(PKG_CONFIG) --cflags $(MODULES) 2>/dev/null))
DEPENDENCY_LIBS := $(if $(strip $(MODULES)),$(shell $(PKG_CONFIG) --libs $(MODULES) 2>/dev/null)) $(strip $(PLAIN_LIBS))

# ---- Flags: ours first, the user's after them -----------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wcast-qual -Wpointer-arith -Wundef \
	-Wformat=2 -Wwrite-strings -Wimplicit-fallthrough $(if $(filter 1,$(WERROR)),-Werror)
DEFINES := -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 \
	$(if $(libdeflate_BY),-DHAVE_LIBDEFLATE=1)
INSTRUMENT := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(COVERAGE),--coverage -O0 -fprofile-update=atomic)
ALL_CFLAGS = -std=c11 $(WARNINGS) -pthread -fPIC -fvisibility=hidden $(CFLAGS) $(INSTRUMENT)
ALL_CPPFLAGS = $(DEFINES) $(DEPENDENCY_CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS = -pthread $(CFLAGS) $(INSTRUMENT) -Wl,--as-needed $(LDFLAGS)

# Layers see only the public headers of what lies below them; tests see everything.
INCLUDE_libpackread := -I$(B)/include -Ilibpackread
INCLUDE_cli := -I$(B)/include
INCLUDE_fixtures := -Ilibsmmap -Ilibpackread -Itests/support
INCLUDE_tests := -Ilibsmmap -Ilibpackread -Ifixtures -Itests/support -Itests/packread/bulk
PUBLIC_HEADERS := libsmmap/smmap.h libpackread/packread.h
STAGED_HEADERS := $(addprefix $(B)/include/,$(notdir $(PUBLIC_HEADERS)))

# ---- The product ----------------------------------------------------------------------------

# $(call sources,FOLDER,NAME): the C files of that name below a folder, however deep.
sources = $(sort $(shell find $(1) -name '$(or $(2),*).c'))
objects = $(patsubst %.c,$(B)/%.o,$(1))
SMMAP_OBJECTS := $(call objects,$(call sources,libsmmap))
PACKREAD_OBJECTS := $(call objects,$(call sources,libpackread))
CLI_OBJECTS := $(call objects,$(call sources,cli))

PROGRAM := $(B)/packread
STATIC := $(B)/libsmmap.a $(B)/libpackread.a
SHARED := $(B)/libsmmap.so.$(SOVERSION) $(B)/libpackread.so.$(SOVERSION)
# A sanitizer's runtime belongs to the program, so a sanitized build has no shared libraries.
PRODUCTS := $(PROGRAM) $(STATIC) $(if $(SANITIZE),,$(SHARED))

all: $(PRODUCTS) ## the program and the two libraries (default); installs nothing

say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))
Q := $(if $(V),,@)

# Two stamps that change only when their contents do: how things are compiled, what is linked.
define update_stamp
@mkdir -p $(@D)
@new=$@.$$$$; printf '%s\n' '$(subst ','\'',$(strip $(1)))' > $$new; \
  if cmp -s $$new $@; then rm -f $$new; else mv $$new $@; fi
endef
$(B)/flags: FORCE
	@$(if $(strip $(MISSING)),echo "not found: $(strip $(MISSING)). 'make setup' installs what is needed" >&2; exit 1)
	$(call update_stamp,$(CC) $(shell $(CC) -dumpfullversion 2>/dev/null) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(DEPENDENCY_LIBS))
$(B)/sources: FORCE
	$(call update_stamp,$(call sources,libsmmap libpackread cli fixtures tests))
FORCE:

$(B)/%.o: %.c $(B)/flags | $(STAGED_HEADERS)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDE_$(firstword $(subst /, ,$*))) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(EXTRA_CFLAGS) -MMD -MP -c $< -o $@

define stage_header
$(B)/include/$(notdir $(1)): $(1)
	@mkdir -p $$(@D)
	@ln -sf ../../../$$< $$@
endef
$(foreach header,$(PUBLIC_HEADERS),$(eval $(call stage_header,$(header))))

define archive
$(call say,AR,$@)
@mkdir -p $(@D)
@rm -f $@
$(Q)$(AR) qcs $@ $(filter %.o,$^)
endef
$(B)/libsmmap.a: $(SMMAP_OBJECTS) $(B)/sources
	$(archive)
$(B)/libpackread.a: $(PACKREAD_OBJECTS) $(B)/sources
	$(archive)

# A handler of SIGBUS that has been installed is still there after dlclose; so has its code to be.
STAYS := -Wl,-z,nodelete
link_shared = $(Q)$(CC) -shared -Wl,-soname,$(@F) -Wl,--no-undefined $(filter %.o,$^) \
	-Wl,--version-script=$(filter %.map,$^) $(ALL_LDFLAGS)
$(B)/libsmmap.so.$(SOVERSION): $(SMMAP_OBJECTS) libsmmap/libsmmap.map $(B)/sources
	$(call say,LD,$@)
	$(link_shared) $(STAYS) $(LDLIBS) -o $@
$(B)/libpackread.so.$(SOVERSION): $(PACKREAD_OBJECTS) libpackread/libpackread.map $(B)/libsmmap.so.$(SOVERSION) $(B)/sources
	$(call say,LD,$@)
	$(link_shared) $(B)/libsmmap.so.$(SOVERSION) -Wl,-rpath,'$$ORIGIN' $(DEPENDENCY_LIBS) $(LDLIBS) -o $@

# Our own libraries go into the program itself: nothing of ours to look for at start.
link_program = $(Q)$(CC) $(filter %.o,$^) $(filter %.a,$^) $(ALL_LDFLAGS) $(DEPENDENCY_LIBS) $(LDLIBS)
$(PROGRAM): $(CLI_OBJECTS) $(B)/libpackread.a $(B)/libsmmap.a $(B)/sources
	$(call say,LD,$@)
	$(link_program) -o $@

# ---- Install --------------------------------------------------------------------------------

# Rows of SOURCE=DESTINATION=MODE, TARGET=LINK and MODULE=DESTINATION; uninstall removes the same.
INSTALL_FILES := \
	$(PROGRAM)=$(BINDIR)/packread=755 \
	$(foreach name,smmap packread, \
	  $(wildcard lib$(name)/$(name).h)=$(INCLUDEDIR)/$(name).h=644 \
	  $(B)/lib$(name).a=$(LIBDIR)/lib$(name).a=644 \
	  $(B)/lib$(name).so.$(SOVERSION)=$(LIBDIR)/lib$(name).so.$(VERSION)=755) \
	$(foreach page,$(wildcard cli/*.1),$(page)=$(MANDIR)/man1/$(notdir $(page))=644) \
	$(foreach page,$(wildcard lib*/*.3),$(page)=$(MANDIR)/man3/$(notdir $(page))=644)
INSTALL_LINKS := $(foreach name,smmap packread, \
	lib$(name).so.$(VERSION)=$(LIBDIR)/lib$(name).so.$(SOVERSION) \
	lib$(name).so.$(SOVERSION)=$(LIBDIR)/lib$(name).so)
INSTALL_MODULES := $(foreach name,smmap packread,$(name)=$(LIBDIR)/pkgconfig/$(name).pc)
INSTALLED := $(INSTALL_FILES) $(INSTALL_LINKS) $(INSTALL_MODULES)
field = $(word $(1),$(subst =, ,$(2)))

# Below the prefix the .pc files find it from where they lie, so that the whole can be moved.
below = $(patsubst $(PREFIX)/%,%,$(filter $(PREFIX)/%,$(1)))
up = $(shell printf '%s' '$(call below,$(LIBDIR))/pkgconfig' | sed 's|[^/][^/]*|..|g')
PC_PREFIX = $(if $(call below,$(LIBDIR)),$${pcfiledir}/$(up),$(PREFIX))
pc_path = $(if $(call below,$(1)),$${prefix}/$(call below,$(1)),$(1))

FILL_IN = sed -e 's|@prefix@|$(PC_PREFIX)|' -e 's|@libdir@|$(call pc_path,$(LIBDIR))|' \
	  -e 's|@includedir@|$(call pc_path,$(INCLUDEDIR))|' -e 's|@version@|$(VERSION)|' \
	  -e 's|@requires_private@|$(strip $(MODULES))|' -e 's|@libs_private@|$(strip $(PLAIN_LIBS) -pthread)|'

# Make knows words alone; DESTDIR is none of the rows.
UNFIT = $(foreach name,PREFIX BINDIR LIBDIR INCLUDEDIR MANDIR,$(if $(or $(word 2,$($(name))),$(findstring =,$($(name)))),$(name)))
check_folders = $(if $(strip $(UNFIT)),$(error $(firstword $(UNFIT)) has a blank or '=' in it, which is not supported: install elsewhere, and move it from there))

install: $(PRODUCTS) ## into PREFIX (/usr/local), below DESTDIR if set
	$(check_folders)
	@set -e; $(foreach folder,$(sort $(foreach row,$(INSTALLED),$(dir $(call field,2,$(row))))), \
	  install -d '$(DESTDIR)$(folder)';) \
	$(foreach row,$(INSTALL_FILES), \
	  install -m $(call field,3,$(row)) $(call field,1,$(row)) '$(DESTDIR)$(call field,2,$(row))';) \
	$(foreach row,$(INSTALL_LINKS),ln -sf $(call field,1,$(row)) '$(DESTDIR)$(call field,2,$(row))';) \
	$(foreach row,$(INSTALL_MODULES), \
	  $(FILL_IN) lib$(call field,1,$(row))/$(call field,1,$(row)).pc.in > '$(DESTDIR)$(call field,2,$(row))'; \
	  chmod 644 '$(DESTDIR)$(call field,2,$(row))';)
	@echo "installed into $(DESTDIR)$(PREFIX)"

# Below DESTDIR the folders are ours, as far as nothing else is in them; in a system they are not.
uninstall: ## removes exactly what install put there
	$(check_folders)
	@rm -f $(foreach row,$(INSTALLED),'$(DESTDIR)$(call field,2,$(row))')
	@$(if $(DESTDIR),for folder in $(foreach row,$(INSTALLED),'$(patsubst %/,%,$(dir $(call field,2,$(row))))'); do \
	  while [ "$${folder#/}" ] && rmdir '$(DESTDIR)'"$$folder" 2> /dev/null; do folder=$${folder%/*}; done; done)
	@echo "removed from $(DESTDIR)$(PREFIX)"

# ---- The rest -------------------------------------------------------------------------------

setup: ## installs whatever is missing to build and test
	@.ci/setup check

# Set-up may install a library that the probes above did not find: so the work is done by a make
# of its own, after it.
AGAIN = $(MAKE) $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))

demo: ## set-up, build, and the main job on a repository that it makes itself
	@.ci/setup build
	+@$(AGAIN) all
	@PACKREAD='$(abspath $(PROGRAM))' fixtures/demo.sh < /dev/null

dist: ## the source archive of the last commit, .build/packread-VERSION.tar.gz
	@mkdir -p .build
	@git archive --format=tar --prefix=packread-$(VERSION)/ HEAD > .build/packread-$(VERSION).tar
	@gzip -9nf .build/packread-$(VERSION).tar
	@echo .build/packread-$(VERSION).tar.gz

clean: ## removes everything that was built
	rm -rf .build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables: CC CFLAGS CPPFLAGS LDFLAGS WERROR=1 LIBDEFLATE=0 SANITIZE=address,undefined'
	@echo 'PREFIX DESTDIR LIBDIR INCLUDEDIR MANDIR JOBS=N ONLY=part-of-a-test-name V=1'

include tests/tests.mk

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all install uninstall setup demo dist clean help FORCE
