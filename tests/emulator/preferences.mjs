import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Flash } from "./flash.mjs";
import { imageParts } from "./home.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where the preferences begin in the flash: hosts/pico/flash.c. */
const preferencesAt = 0x1d8000;

/** The domain of what a node keeps. */
export const domain = "verifichain";

/** A board's flash with the image, and with what a MemoryPreference holds. */
export function flashWith(preference, options) {
	const flash = new Flash(options).load(imageParts());
	flash.bytes.set(journalOf(preference), preferencesAt);
	return flash;
}

/** What the boards' own journal makes of preferences: the bytes of its 128 KB. */
function journalOf(preference) {
	const program = `${root}build/pico/write-journal`;
	mkdirSync(`${root}build/pico`, { recursive: true });
	const sources = ["tests/pico/write-journal.c", "hosts/board/journal.c"];
	const flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-Ihosts/board"];
	const built = spawnSync(process.env.CC ?? "cc", [...flags, ...sources, "-o", program], { cwd: root });
	assert.equal(built.status, 0, String(built.stderr));
	const values = preference.keys(domain).map(key => {
		const value = Buffer.from(preference.get(domain, key));
		const head = Buffer.alloc(36);
		head.write(domain, 0);
		head.write(key, 16);
		head.writeUInt32LE(value.length, 32);
		return Buffer.concat([head, value]);
	});
	const { status, stdout } = spawnSync(program, { input: Buffer.concat(values), maxBuffer: 1 << 20 });
	assert.equal(status, 0, "the journal takes it");
	return stdout;
}
