/**
 * The ESP32's C against the declarations of include/, which are ours after ESP-IDF's documentation: types and warnings
 * only. Nothing of it runs here.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const host = `${root}hosts/esp32`;
const includes = ["tests/esp32/include", "hosts/board"];
// As the system's, so that only our own code is held to the warnings.
const xs = "node_modules/@agoric/xsnap/moddable/xs";
const system = [`${xs}/includes`, `${xs}/platforms`].flatMap(folder => ["-isystem", root + folder]);
// The SDK includes it before its own headers on every chip.
const flags = [
	"-std=gnu11",
	"-fsyntax-only",
	"-Wall",
	"-Wextra",
	"-Werror",
	"-D_GNU_SOURCE",
	"-include",
	"stddef.h"
];

for (const build of [[], ["-DmxDebug=1"]]) {
	for (const name of readdirSync(host).filter(file => file.endsWith(".c"))) {
		test(`${name} fits what ESP-IDF declares ${build.join("")}`, () => {
			const given = [...flags, ...build, ...includes.map(folder => `-I${root}${folder}`), ...system];
			const { status, stderr } = spawnSync(process.env.CC ?? "cc", [...given, `${host}/${name}`], {
				encoding: "utf8"
			});
			assert.equal(status, 0, stderr);
		});
	}
}
