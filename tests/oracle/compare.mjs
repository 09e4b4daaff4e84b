/**
 *     node tests/oracle/compare.mjs [COUNT] [SEED] [WORKERS] [real | nodes]
 *
 * Takes COUNT random histories of 10 to 30 blocks out of random homes of the oracle, gives each in bytes and in a random order to a real chain, and sees that both come to
 * the same; in WORKERS processes (2). Signatures cost nothing unless `real` is given. `nodes`: what COUNT nodes of such homes do by themselves. Needs `npx tsc` before. `COMPARE_BUILD` is for another build. Exit code 1 when something differs.
 */
import { fork } from "node:child_process";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

const [count = "2000", seed = "1", workers = "2", mode = "quick"] = process.argv.slice(2);
const build = process.env.COMPARE_BUILD ?? fileURLToPath(new URL("../../build/js", import.meta.url));

if (process.send === undefined) lead();
else await work();

/** Gives each worker one home after the other. */
function lead() {
	const start = Date.now();
	const sums = {};
	let differ = 0;
	let next = 0;
	let missing = 0;
	const isEnough = () => (sums.histories ?? 0) >= Number(count) || differ > 20;
	const report = () => `${JSON.stringify(sums)} ${differ} differ, ${Date.now() - start} ms`;
	const timer = setInterval(() => console.log(report()), 60_000);
	for (let worker = 0; worker < Number(workers); worker += 1) {
		const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
			execArgv: ["--max-semi-space-size=32"]
		});
		missing += 1;
		child.send(next++);
		child.on("message", result => {
			for (const [name, more] of Object.entries(result.sums)) sums[name] = (sums[name] ?? 0) + more;
			for (const { history, text } of result.found) if (differ++ < 5) console.log(history, text);
			if (isEnough()) child.disconnect();
			else child.send(next++);
		});
		child.on("exit", code => {
			if (code !== 0) process.exitCode = 1;
			if (--missing > 0) return;
			clearInterval(timer);
			console.log(report());
			if (differ > 0) process.exitCode = 1;
		});
	}
}

async function work() {
	register(mode === "real" ? "../node/resolver.mjs" : "./quick-resolver.mjs", import.meta.url);
	const { compareHome, compareOwnHome } = await import(`${build}/tests/oracle/random.js`);
	const compare = mode === "nodes" ? compareOwnHome : compareHome;
	process.on("message", at => process.send(compare(Number(seed), at)));
}
