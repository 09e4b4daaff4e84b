/**
 * Looks for flash images at which the boards' journal goes wrong, with libFuzzer (Debian: apt-get install clang):
 *
 *     node tests/board/fuzz-journal.mjs [MINUTES]     ten by default
 *
 * What it learns stays in build/board/corpus, for the next time; an input that fails is put into build/board.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flags, sources } from "./journal-sources.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const minutes = Number(process.argv[2] ?? 10);
const compiler = process.env.CLANG ?? "clang";
const folder = `${root}build/board`;
mkdirSync(`${folder}/corpus`, { recursive: true });

/** Ends this program where a step of it fails. */
function run(command, args, cwd) {
	const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit" });
	if (error !== undefined) console.error(`fuzz-journal: ${command}: ${error.message}`);
	if (status !== 0) process.exit(status ?? 1);
}

if (!(minutes > 0)) {
	console.error("fuzz-journal: the minutes are a number");
	process.exit(64);
}
run(
	compiler,
	[...flags, "-fsanitize=fuzzer,address,undefined", ...sources, "-o", "build/board/journal-fuzz"],
	root
);
const limits = ["-max_len=512", "-len_control=0", "-timeout=120", "-report_slow_units=60"];
run("./journal-fuzz", [`-max_total_time=${Math.round(60 * minutes)}`, ...limits, "corpus"], folder);
