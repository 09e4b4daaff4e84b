/** The Terminal of hosts/types over Node's standard streams, as a pipe. */
export default class Terminal {
	echo = true;
	readsKeys = false;
	isProgram = true;
	columns = 0;
	#chunks = [];
	#isOver = false;
	#events;
	#input = bytes => {
		this.#chunks.push(bytes);
		this.#events.onReadable();
	};
	#end = () => {
		this.#isOver = true;
		this.#events.onReadable();
	};

	constructor(events) {
		this.#events = events;
		if (events.onReadable === undefined) return;
		process.stdin.on("data", this.#input).on("end", this.#end);
	}

	read() {
		const bytes = this.#chunks.shift();
		if (bytes !== undefined) return Uint8Array.from(bytes).buffer;
		if (!this.#isOver) return undefined;
		this.#isOver = false;
		return new ArrayBuffer(0);
	}

	write(text) {
		process.stdout.write(text);
	}

	close() {
		process.stdin.off("data", this.#input).off("end", this.#end);
		process.stdin.pause();
	}
}

export function exit(code) {
	process.exitCode = code;
	process.stdout.write("", () => process.exit(code));
}
