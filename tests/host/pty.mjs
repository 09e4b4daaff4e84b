import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { patience } from "../../hosts/house/patience.mjs";

const source = fileURLToPath(new URL("pty.c", import.meta.url));
/** Milliseconds for what a test waits for, on a machine without load. */
const limit = 20_000;

/** Builds the program that this file speaks with; its path. */
export function buildPty(folder) {
	const program = `${folder}/pty`;
	execFileSync(process.env.CC ?? "cc", [
		"-Wall",
		"-Wextra",
		"-Werror",
		"-D_GNU_SOURCE",
		"-o",
		program,
		source,
		"-lutil"
	]);
	return program;
}

/** A program on a pseudo-terminal of its own: see pty.c. */
export class Pty {
	/** All that it has written. */
	output = "";
	/** How it ended: its status, and the terminal's settings then. */
	end;
	#child;
	#seen = 0;
	#asked = [];
	#waiting = new Set();

	constructor({ pty, columns = 80, program, args, env = {} }) {
		const child = spawn(pty, [String(columns), program, ...args], {
			stdio: ["pipe", "pipe", "inherit", "pipe"],
			env: { ...process.env, TERM: "xterm", ...env }
		});
		this.#child = child;
		child.stdout.setEncoding("utf8").on("data", text => {
			this.output += text;
			for (const look of [...this.#waiting]) look();
		});
		let partial = "";
		child.stdio[3].setEncoding("utf8").on("data", text => {
			const lines = (partial + text).split("\n");
			partial = lines.pop();
			for (const line of lines) this.#reply(line);
		});
		child.stdin.on("error", () => {});
	}

	#reply(line) {
		if (line.startsWith("exit ")) {
			const [, status, same, echo] = line.split(" ");
			this.end = { status: Number(status), modes: `${same} ${echo}` };
			for (const look of [...this.#waiting]) look();
		} else this.#asked.shift()(line);
	}

	#command(line) {
		return new Promise(resolve => {
			this.#asked.push(resolve);
			this.#child.stdin.write(`${line}\n`);
		});
	}

	/** Types keys, as many at once as one text has. */
	async type(...keys) {
		for (const key of keys) {
			await this.#command(`type ${Buffer.from(key).toString("hex")}`);
			if (keys.length > 1) await new Promise(resolve => setTimeout(resolve, 30));
		}
	}

	columns(number) {
		return this.#command(`columns ${number}`);
	}

	signal(number) {
		return this.#command(`signal ${number}`);
	}

	/** "same echo" when the settings are as at first. */
	modes() {
		return this.#command("modes");
	}

	#until(look, what) {
		return new Promise((resolve, reject) => {
			const tried = () => {
				const found = look();
				if (found === undefined) return;
				clearTimeout(timer);
				this.#waiting.delete(tried);
				resolve(found);
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(tried);
				reject(new Error(`no ${what} in\n${JSON.stringify(this.output.slice(-3000))}`));
			}, patience(limit));
			this.#waiting.add(tried);
			tried();
		});
	}

	/** Waits until the text has come since what was waited for before. */
	waitFor(pattern) {
		return this.#until(() => {
			const match = pattern.exec(this.output.slice(this.#seen));
			if (match === null) return undefined;
			this.#seen += match.index + match[0].length;
			return match;
		}, pattern);
	}

	ended() {
		return this.#until(() => this.end, "end");
	}

	/** Hangs up, and waits for the program's end. */
	async close() {
		if (this.#child.exitCode !== null) return;
		const over = once(this.#child, "exit");
		this.#child.stdin.end();
		await over;
	}
}
