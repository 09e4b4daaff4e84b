/** What a node says of its version is what the package has. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { version } from "../../build/js/modules/application/version.js";

test("a node shows the version of its package", () => {
	const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
	assert.equal(version, JSON.parse(text).version);
});
