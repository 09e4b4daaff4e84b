/**
 *     node tests/oracle/mutations.mjs [WORD] [COUNT] [WORKERS] [FROM]
 *
 * Puts each fault of mutation-list.mjs into a copy of the build, and looks whether COUNT histories (10000) find it, or the stories, or what nodes do by themselves, or the
 * chain's unit tests; WORKERS (2) at a time. WORD: only those whose name has it; FROM: of these only the ones after
 * the first so many. Needs `npx tsc` before. Exit code 1 when one is not found.
 */
import { spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mutate } from "../harness/mutate.mjs";
import { mutations } from "./mutation-list.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const [word = "", count = "10000", workers = "2", from = "0"] = process.argv.slice(2);
const script = fileURLToPath(new URL("hunt.mjs", import.meta.url));

/** How a build is seen to be at fault, in words; undefined where nothing was found. */
async function hunt(build, histories) {
	const child = spawn(process.execPath, [script, histories], {
		env: { ...process.env, COMPARE_BUILD: build },
		timeout: 600_000
	});
	let [out, err] = ["", ""];
	child.stdout.on("data", part => (out += part));
	child.stderr.on("data", part => (err += part));
	const code = await new Promise(resolve => child.on("close", resolve));
	if (code === 0) return undefined;
	// What ends the program, or keeps it for ever, was not overlooked either.
	return out.trim() === "" ? `it ends with ${code}: ${err.trim().split("\n").slice(-1)}` : out.trim();
}

const missed = [];
const left = mutations.filter(({ name }) => name.includes(word)).slice(Number(from));

async function work(number) {
	const copy = `${root}build/mutated-${process.pid}-${number}`;
	cpSync(`${root}build/js`, copy, { recursive: true });
	try {
		for (let mutation = left.shift(); mutation !== undefined; mutation = left.shift()) {
			const began = Date.now();
			const takeBack = mutate(copy, mutation.edits);
			const found = await hunt(copy, count);
			takeBack();
			if (found === undefined) missed.push(mutation.name);
			const took = Math.round((Date.now() - began) / 1000);
			console.log(
				`${found === undefined ? "not ok" : "ok"} ${mutation.name}: ${found ?? "NOT FOUND"} (${took} s)`
			);
		}
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

const fault = await hunt(`${root}build/js`, "1000");
if (fault !== undefined) throw new Error(`without a mutation: ${fault}`);
await Promise.all(Array.from({ length: Number(workers) }, (_, number) => work(number)));
for (const name of missed) console.log(`not found: ${name}`);
console.log(missed.length === 0 ? "every mutation was found" : `${missed.length} not found`);
process.exitCode = missed.length === 0 ? 0 : 1;
