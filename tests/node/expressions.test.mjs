/**
 * XS keeps a state for each character that an expression repeats over: a line of 1,000 letters takes more memory than a
 * board has. So what is typed meets none that repeats without a bound, but for those of texts that are short.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const rooms = ["application", "console", "devices", "names", "panel"];
/** As they stand in a file: after a bracket, a comma or a sign, and what `new RegExp` takes. */
const expressions =
	/[(=?:,]\s*(\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+\/[a-z]*)|new RegExp\(([^\n]*)\)/g;
const repeats = /(?<!\\)[+*]|\{\d+,\}/;
/** What they are asked about is short: a rest of at most 200 characters, a date, a number, the text of an error of ours. */
const short = [
	"console/wifi.ts",
	"console/chain-text.ts",
	"console/repeats.ts",
	"application/desk.ts",
	"application/guard.ts"
];

test("what is typed meets no expression that repeats over its characters", () => {
	const found = [];
	for (const room of rooms) {
		for (const file of readdirSync(path.join(root, "modules", room)).filter(name => name.endsWith(".ts"))) {
			const text = readFileSync(path.join(root, "modules", room, file), "utf8");
			for (const [, literal, made] of text.matchAll(expressions)) {
				if (repeats.test(literal ?? made)) found.push(`${room}/${file}`);
			}
		}
	}
	assert.deepEqual([...new Set(found)].sort(), [...short].sort());
});
