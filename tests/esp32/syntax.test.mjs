/**
 * The ESP32's C, and what the boards share, against the declarations of include/, which are ours after ESP-IDF's
 * documentation: types and warnings only. Nothing of it runs here.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const includes = ["tests/esp32/include", "hosts/board"];
// As the system's, so that only our own code is held to the warnings.
const xs = "node_modules/@agoric/xsnap/moddable/xs";
const system = ["includes", "platforms"].flatMap(folder => ["-isystem", `${root}${xs}/${folder}`]);
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
	const folders = ["hosts/esp32", "hosts/board", "hosts/bulk"];
	const files = folders.flatMap(folder => readdirSync(root + folder).map(name => `${folder}/${name}`));
	// Of the two, machine.c looks into the machine of the SDK's XS, which is another one.
	for (const file of files.filter(name => name.endsWith(".c") && !name.endsWith("/machine.c"))) {
		test(`${file} fits what ESP-IDF declares ${build.join("")}`, () => {
			const given = [...flags, ...build, ...includes.map(folder => `-I${root}${folder}`), ...system];
			const { status, stderr } = spawnSync(process.env.CC ?? "cc", [...given, root + file], {
				encoding: "utf8"
			});
			assert.equal(status, 0, stderr);
		});
	}
}
