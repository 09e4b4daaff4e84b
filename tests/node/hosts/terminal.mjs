/** The Terminal of hosts/types over Node's standard streams. `echo` is kept but has no effect. */
const longest = 1023;

export default class Terminal {
	echo = true;
	#input = (bytes = Buffer.alloc(0)) => this.#receive(bytes);
	#end = () => this.#events.onEnd?.();
	#pending = Buffer.alloc(0);
	#events;

	constructor(events) {
		this.#events = events;
		process.stdin.on("data", this.#input).on("end", this.#end);
	}

	write(text) {
		process.stdout.write(text);
	}

	close() {
		process.stdin.off("data", this.#input).off("end", this.#end);
		process.stdin.pause();
	}

	#receive(bytes) {
		this.#pending = Buffer.concat([this.#pending, bytes]);
		let end = this.#pending.indexOf(10);
		while (end >= 0) {
			const line = this.#pending.subarray(0, end);
			this.#pending = this.#pending.subarray(end + 1);
			this.#events.onLine(text(line));
			end = this.#pending.indexOf(10);
		}
	}
}

function text(line) {
	const bytes = line.at(-1) === 13 ? line.subarray(0, -1) : line;
	if (bytes.length > longest) return null;
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}

export function exit(code) {
	process.exitCode = code;
	process.stdout.write("", () => process.exit(code));
}
