/** A module that its room's manifest does not preload takes RAM on a board, and works all the same: nothing else tells. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../../modules/", import.meta.url));

test("every module is preloaded by its room's manifest", () => {
	for (const room of readdirSync(modules)) {
		const folder = path.join(modules, room);
		const { preload } = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8"));
		const files = readdirSync(folder).filter(file => file.endsWith(".ts"));
		const names = files.map(file => `modules/${room}/${path.basename(file, ".ts")}`);
		assert.deepEqual([...preload].sort(), names.sort());
	}
});
