/**
 * The boards' journal (hosts/board/journal.c) on flash images of any kind, built with both sanitizers: see
 * journal-image.c. SEED repeats a run. fuzz-journal.mjs looks for more of them with libFuzzer.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { flags, sources } from "./journal-sources.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}build/board`;
const program = `${folder}/journal-image`;
const seed = process.env.SEED ?? String(Date.now());

/** Inputs at which the journal was wrong once. */
const found = {
	"a name with a zero in it is none": "CmgK",
	"sectors that are too many do not keep it busy for ever": "AAEAAf////8JAAAAAAA=",
	"a sector whose number is the last there is does not either": "AAMAAf////4IAAEAAQABAQA=",
	"sectors of which none is free are not all taken, and the next change loses nothing":
		"AAEGACAgArwAAwAAAAAFAAAAF///",
	"sectors that are full to the last byte leave room for a deletion": "AAEGAAEfA+kAAwAAAAAFAAAAF///"
};

before(() => {
	mkdirSync(folder, { recursive: true });
	const args = [...flags, "-DALONE", "-fsanitize=address,undefined", ...sources, "-o", program];
	const built = spawnSync(process.env.CC ?? "cc", args, { cwd: root, encoding: "utf8" });
	assert.equal(built.status, 0, built.stderr);
});

function run(...args) {
	const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 120_000 });
	assert.equal(status, 0, `seed ${seed}: ${stdout}${stderr}`);
	return stdout.trim();
}

for (const [sentence, input] of Object.entries(found)) {
	test(sentence, () => {
		const file = `${folder}/journal-image-input`;
		writeFileSync(file, Buffer.from(input, "base64"));
		run(file);
	});
}

test("any image opens, shows only what was written, and takes changes that survive a cut", context => {
	context.diagnostic(`seed ${seed}: ${run(seed, "150")}`);
});
