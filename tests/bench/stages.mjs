/** Runs stages.ts: the microseconds of a task inside a node, by layer, those below included. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ownProgram } from "./tools.mjs";

export async function measureStages() {
	const { stdout } = await promisify(execFile)(ownProgram, ["--main", "tests/bench/stages"], {
		timeout: 20_000
	});
	const lines = [...stdout.matchAll(/^stage (\w+) ([\d.]+)$/gm)];
	return Object.fromEntries(lines.map(([, name, time]) => [name, Number(time)]));
}
