/** Drives member.ts: a member of a secure home that asks when and what it is told to. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { ownProgram } from "./tools.mjs";

/** Most milliseconds for what it is told. */
const patience = 20_000;

export class Member {
	#knob;
	#child;
	#lines = [];
	#wake = () => {};

	/** On the data and port of a node that has joined and was stopped. */
	constructor({ data, port }) {
		this.#knob = { data, port };
	}

	async start() {
		const { data, port } = this.#knob;
		const args = ["--main", "tests/bench/member", "--data", data, "--port", String(port)];
		this.#child = spawn(ownProgram, args, { stdio: ["pipe", "pipe", "inherit"] });
		this.#child.stdin.on("error", () => {});
		createInterface({ input: this.#child.stdout })
			.on("line", line => {
				this.#lines.push(line);
				this.#wake();
			})
			.on("close", () => {
				this.#lines.push("failed it has ended");
				this.#wake();
			});
		await this.#answer("ready");
	}

	/** A handshake, then a task under it: microseconds of each, and their datagrams. */
	async edhoc() {
		const [whole, then] = split(await this.#tell("edhoc"));
		const [time, first, ...datagrams] = whole;
		return { time: Number(time), first: Number(first), datagrams, then };
	}

	/** The first task after a restart: microseconds, datagrams. */
	async renew() {
		const [[time, ...datagrams]] = split(await this.#tell("renew"));
		return { time: Number(time), datagrams };
	}

	/** Tasks, one after the other: microseconds, and the datagrams of the first. */
	async tasks(count) {
		const [times, datagrams] = split(await this.#tell(`tasks ${count}`));
		return { times: times.map(Number), datagrams };
	}

	/** Seals tasks into a file, `on` and `off` in turn. The file, and the first of them. */
	async seal(count, folder) {
		const file = path.join(folder, "sealed");
		const lines = [];
		this.#type(`seal ${count}`);
		while (lines.length < count) lines.push(await this.#answer("sealed"));
		writeFileSync(file, `${lines.join("\n")}\n`);
		return { file, first: Buffer.from(lines[0], "hex") };
	}

	/** The state in the reply to a request that was sealed last. */
	async open(number, reply) {
		this.#type(`open ${number} ${reply.toString("hex")}`);
		return this.#answer("opened");
	}

	async stop() {
		if (this.#child === undefined || this.#child.exitCode !== null) return;
		const ended = new Promise(resolve => this.#child.once("exit", resolve));
		this.#child.stdin.end();
		await ended;
	}

	async #tell(command) {
		this.#type(command);
		return this.#answer(command.split(" ")[0]);
	}

	#type(line) {
		this.#child.stdin.write(`${line}\n`);
	}

	/** The next line, without its first word, which is to be `kind`. */
	async #answer(kind) {
		while (this.#lines.length === 0) await this.#more();
		const line = this.#lines.shift();
		const [word] = line.split(" ", 1);
		if (word !== kind) throw new Error(`the member says "${line}" and not "${kind}"`);
		return line.slice(word.length + 1);
	}

	async #more() {
		let timer;
		const late = new Promise((_, reject) => {
			timer = setTimeout(() => reject(new Error("the member says nothing")), patience);
		});
		const told = new Promise(resolve => {
			this.#wake = resolve;
		});
		try {
			await Promise.race([told, late]);
		} finally {
			clearTimeout(timer);
		}
	}
}

/** The words before and after each slash. */
function split(line) {
	return line.split("/").map(part => part.split(" ").filter(word => word !== ""));
}
