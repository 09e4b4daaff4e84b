/** The journal over the ESP32's partition (hosts/esp32/flash.c), whose calls into ESP-IDF go to memory here. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = `${root}build/esp32/flash`;

before(() => {
	mkdirSync(`${root}build/esp32`, { recursive: true });
	const flags =
		"-std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -Ihosts/board -Itests/esp32/include";
	const sources = [
		"hosts/board/journal.c",
		"hosts/esp32/flash.c",
		"tests/esp32/flash.c",
		"tests/esp32/partition.c"
	];
	const built = spawnSync(process.env.CC ?? "cc", [...flags.split(" "), ...sources, "-o", program], {
		cwd: root,
		encoding: "utf8"
	});
	assert.equal(built.status, 0, built.stderr);
});

for (const [name, what] of Object.entries({
	kept: "values are kept, over all sectors and a start",
	dirty: "the flash need not be erased before",
	broken: "a flash that takes nothing any more: the change is refused, what was there stays",
	small: "a partition that is too small holds nothing and is never written",
	missing: "so does a board that was flashed with another table"
})) {
	test(what, () => {
		const { status, stdout, stderr } = spawnSync(program, [name], { encoding: "utf8" });
		assert.equal(status, 0, stdout + stderr);
	});
}

test("the partition is the last of the flash, and as large as the journal", () => {
	const table = readFileSync(`${root}hosts/esp32/partitions.csv`, "utf8");
	const rows = table.split("\n").filter(line => /^\w/.test(line));
	const parts = rows.map(row => row.split(",").map(cell => cell.trim()));
	const [name, type, subtype, offset, size] = parts.at(-1);
	assert.deepEqual([name, Number(type), Number(subtype)], ["journal", 0x41, 0]);
	assert.equal(Number(size), 128 * 1024);
	assert.equal(Number(offset) + Number(size), 4 * 1024 * 1024);
	const ends = parts.map(([, , , at, length]) => Number(at) + Number(length));
	for (const [index, [, , , at]] of parts.slice(1).entries())
		assert.ok(Number(at) >= ends[index], rows[index + 1]);
});
