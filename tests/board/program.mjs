import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const board = process.env.VERIFICHAIN_BOARD_ANSWERS;
const pico = process.env.VERIFICHAIN_PICO_ANSWERS;

/**
 * The builds of answers.ts: the npm package's XS with OpenSSL's primitives, and the SDK's XS with the SDK's (where
 * `VERIFICHAIN_BOARD_ANSWERS` names the program that mcconfig made of manifest_answers.json) and with the Pico's
 * (`VERIFICHAIN_PICO_ANSWERS`, of tests/pico/manifest_answers.json). `skip` says why not.
 */
export const builds = [
	{
		name: "OpenSSL's primitives inside the npm package's XS",
		program: fileURLToPath(new URL("../../build/linux/release/verifichain", import.meta.url)),
		args: ["--main", "tests/board/answers"]
	},
	{
		name: "the SDK's primitives inside the SDK's XS",
		program: board,
		skip: board === undefined ? "VERIFICHAIN_BOARD_ANSWERS names no program" : undefined
	},
	{
		name: "the Pico's primitives inside the SDK's XS",
		program: pico,
		skip: pico === undefined ? "VERIFICHAIN_PICO_ANSWERS names no program" : undefined
	}
];

/** Hexadecimal digits in a line: it has at most 1023 bytes. */
const digitsInLine = 1000;

/** The other end of answers.ts: one call at a time. */
export class Program {
	#child;
	#lines;

	/** `program` with `args` runs tests/board/answers. */
	constructor({ program, args = [] }) {
		this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
		// A program that ended shows as the end of its output.
		this.#child.stdin.on("error", () => {});
		this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
	}

	/**
	 * The answer to a call: fields are hexadecimal digits, and so are bytes in the answer; also "true", "false",
	 * "undefined", or the name of what was thrown after a "!".
	 */
	async call(name, fields, ...numbers) {
		return this.#ask(fields, ["do", name, ...numbers]);
	}

	/** Milliseconds for one call of `count`. */
	async time(count, name, fields, ...numbers) {
		return Number(await this.#ask(fields, ["time", count, name, ...numbers]));
	}

	/** Resolves with the program's exit code. */
	async end() {
		const closed = new Promise(resolve => this.#child.once("close", resolve));
		this.#child.stdin.end();
		return closed;
	}

	async #ask(fields, words) {
		for (const field of fields) {
			this.#write(`field ${field.slice(0, digitsInLine)}`);
			for (let start = digitsInLine; start < field.length; start += digitsInLine) {
				this.#write(`more ${field.slice(start, start + digitsInLine)}`);
			}
		}
		this.#write(words.join(" "));
		const { value, done } = await this.#lines.next();
		if (done) throw new Error(`the program ended at ${words.join(" ")}`);
		return value.startsWith("= ") ? value.slice(2) : value.replace("! ", "!");
	}

	#write(line) {
		this.#child.stdin.write(`${line}\n`);
	}
}
