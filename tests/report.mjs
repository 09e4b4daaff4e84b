/**
 * What a person sees of a run of the tests: a line for each file, of each failure a few lines, and at the end what it comes to. All
 * of it stands in the log. A reporter of node's test runner.
 */
import path from "node:path";
import { loadText } from "../hosts/house/patience.mjs";

/** Lines and columns of one failure, and how many are shown. */
const [lines, columns, shown] = [8, 100, 3];
/** Names of further failures. */
const named = 8;
const limit = /time limit|timed out|in \d+ ms|no result after/i;

function cut(text) {
	const all = text.split("\n").map(line => (line.length > columns ? `${line.slice(0, columns)} ...` : line));
	if (all.length <= lines) return all;
	// What was waited for stands first, what there was instead last.
	const half = Math.floor(lines / 2);
	return [...all.slice(0, half), `... ${all.length - lines + 1} lines ...`, ...all.slice(half - lines + 1)];
}

function textOf(error) {
	const cause = error?.cause ?? error;
	const place = /^ +at .*(?:file:\/\/)?\/.*\.test\.mjs:\d+.*$/m.exec(cause?.stack ?? "")?.[0].trim() ?? "";
	return `${cause?.message ?? String(cause)}${place === "" ? "" : `\n${place}`}`;
}

class Report {
	#counts = { passed: 0, failed: 0, skipped: 0 };
	#limits = 0;
	#failures = [];
	#file;
	/** The names of what a test stands in. */
	#within = [];

	/** What is to be shown of an event. */
	take({ type, data }) {
		if (type === "test:start") this.#within[data.nesting] = data.name;
		if (type !== "test:pass" && type !== "test:fail") return "";
		const isSuite = data.details?.type === "suite" || data.details?.error?.failureType === "subtestsFailed";
		if (isSuite) return "";
		const head = this.#head(data);
		if (type === "test:pass") {
			this.#counts[data.skip === undefined ? "passed" : "skipped"] += 1;
			return head;
		}
		return head + this.#failed(data);
	}

	#head({ file }) {
		if (file === this.#file) return "";
		this.#file = file;
		return file === undefined ? "" : `${path.relative(process.cwd(), file)}\n`;
	}

	#failed({ name, nesting, details }) {
		this.#counts.failed += 1;
		const text = textOf(details?.error);
		const title = [...this.#within.slice(0, nesting), name].join(" > ");
		if (limit.test(text)) this.#limits += 1;
		this.#failures.push(title);
		if (this.#failures.length > shown) return "";
		return `  FAILED ${title}\n${cut(text)
			.map(line => `    ${line}\n`)
			.join("")}`;
	}

	/** `log`: where all of it stands. */
	end(log) {
		const { passed, failed, skipped } = this.#counts;
		let text = `\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}.\n`;
		if (failed === 0) return text;
		const more = this.#failures.slice(shown);
		for (const title of more.slice(0, named)) text += `  FAILED ${title}\n`;
		if (more.length > named) text += `  and ${more.length - named} more\n`;
		if (this.#limits > 0) text += `${this.#limits} of them ran into a time limit, with ${loadText()} now.\n`;
		return `${text}All that was said stands in ${log}\n`;
	}
}

export default async function* report(source) {
	const report = new Report();
	for await (const event of source) {
		const text = report.take(event);
		if (text !== "") yield text;
	}
	yield report.end(process.env.TEST_LOG ?? "the log");
}
