/** SECURITY.md names tests that show what it promises: each file must be there, and hold the words that are quoted. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);

/** What a file says, or all files of a folder. */
function textOf(path) {
	const url = new URL(path, root);
	assert.ok(existsSync(url), `${path} is not there`);
	if (!statSync(url).isDirectory()) return readFileSync(url, "utf8");
	const files = readdirSync(url, { withFileTypes: true }).filter(entry => entry.isFile());
	return files.map(({ name }) => readFileSync(new URL(`${path}/${name}`, root), "utf8")).join("\n");
}

test("every promise of SECURITY.md names tests that are there", () => {
	const lines = readFileSync(new URL("SECURITY.md", root), "utf8").split("\n");
	const rows = lines.filter(line => line.startsWith("|")).slice(2);
	let quoted = 0;
	for (const row of rows) {
		const shown = row.split("|").at(-2);
		let text;
		for (const [, path, words] of shown.matchAll(/`([^`]+)`|"([^"]+)"/g)) {
			if (path !== undefined) {
				text = textOf(path);
				continue;
			}
			quoted += 1;
			assert.ok(text?.includes(words), `"${words}" stands in no test of ${shown}`);
		}
		assert.ok(text !== undefined, `nothing shows: ${row}`);
	}
	assert.ok(rows.length >= 15 && quoted >= 20, `${rows.length} rows, ${quoted} quotations`);
});
