/** Looks for a fault in the build that `COMPARE_BUILD` names: exit code 1, and a line that says what found it. `node tests/oracle/hunt.mjs COUNT` */
import { register } from "node:module";

const count = Number(process.argv[2]);
const build = process.env.COMPARE_BUILD;
register("./quick-resolver.mjs", import.meta.url);
const { compareHome, compareOwnRandom } = await import(`${build}/tests/oracle/random.js`);
const { compareStories } = await import(`${build}/tests/oracle/told.js`);

/** What costs little first: histories of no home cost a third, and have more that is rare. */
process.exitCode =
	(await byUnits()) ??
	byHistories(count, 1) ??
	byNodes(count / 25) ??
	byHistories(count / 4, 0) ??
	byStories() ??
	0;

function say(text) {
	console.log(text.replaceAll(/\s+/g, " ").slice(0, 150));
	return 1;
}

/** Histories of no home (1), or of homes (0). */
function byHistories(most, from) {
	for (let at = from, histories = 0; histories < most; at += 2) {
		const { sums, found } = compareHome(77, at);
		histories += sums.histories;
		if (found.length > 0) return say(`${histories} histories: ${found[0].text}`);
	}
	return undefined;
}

function byStories() {
	const [told] = compareStories(1);
	return told && say(`a story: ${told}`);
}

function byNodes(count) {
	const { runs, found } = compareOwnRandom({ count, seed: 77, until: () => false });
	return found.length > 0 ? say(`${found.length} of ${runs} nodes: ${found[0]}`) : undefined;
}

async function byUnits() {
	const { default: suites } = await import(`${build}/tests/unit/chain/chain.js`);
	for (const suite of suites)
		for (const [sentence, run] of Object.entries(suite.tests)) {
			try {
				await run();
			} catch (error) {
				return say(`unit test: ${suite.name}: ${sentence}: ${error.message}`);
			}
		}
	return undefined;
}
