#!/bin/sh
# Builds the app and the unit tests with the Moddable SDK's mcconfig (MODDABLE names the SDK, whose tools are built)
# and runs both: the unit tests on the SDK's XS, and a home of nodes from both builds. Then once more the unit tests,
# and a program for test vectors, with the boards' primitives in place of OpenSSL's: the SDK's, and where PICO_SDK_DIR
# names the pico-sdk with its mbedTLS, the Pico's, together with its preferences.
set -eu
: "${MODDABLE:?names the folder of the Moddable SDK}"
root=$(cd "$(dirname "$0")/.." && pwd)
PATH="$root/node_modules/.bin:$MODDABLE/build/bin/lin/release:$PATH"
export MODDABLE PATH

# Prints the program that mcconfig makes of a manifest; it is named after the manifest's folder.
build() {
	out="$root/build/sdk/$1"
	rm -rf "$out/bin"
	mkdir -p "$out"
	mcconfig -m -p x-cli-lin -t build -o "$out" "$2" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
	echo "$out"/bin/lin/release/*
}

VERIFICHAIN_SDK=$(build app "$root/manifest.json")
VERIFICHAIN_SDK_TESTS=$(build tests "$root/tests/manifest.json")
VERIFICHAIN_BOARD_TESTS=$(build board "$root/tests/board/manifest.json")
VERIFICHAIN_BOARD_ANSWERS=$(build answers "$root/tests/board/manifest_answers.json")
if [ -f "${PICO_SDK_DIR-}/lib/mbedtls/library/ecp.c" ] && [ -f "$PICO_SDK_DIR/lib/btstack/3rd-party/micro-ecc/uECC.c" ]; then
	VERIFICHAIN_PICO_TESTS=$(build pico "$root/tests/pico/manifest.json")
	VERIFICHAIN_PICO_ANSWERS=$(build pico-answers "$root/tests/pico/manifest_answers.json")
	export PICO_SDK_DIR VERIFICHAIN_PICO_TESTS VERIFICHAIN_PICO_ANSWERS
else
	echo "The Pico's primitives are not tested: PICO_SDK_DIR names no pico-sdk with lib/mbedtls and lib/btstack."
fi
export VERIFICHAIN_SDK VERIFICHAIN_SDK_TESTS VERIFICHAIN_BOARD_TESTS VERIFICHAIN_BOARD_ANSWERS
cd "$root"
"$@"
