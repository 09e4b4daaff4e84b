import { encodeUtf8 } from "../../../modules/bytes/bytes.js";
import type { HostTerminalEvents } from "../../../modules/terminal/host-terminal.js";
import { LineTerminal } from "../../../modules/terminal/terminal.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A host's terminal, or its pipe, and what the program hears of it. */
class Place {
	readonly clock = new VirtualClock();
	readonly heard: (string | null)[] = [];
	readonly #input: Uint8Array[] = [];
	output = "";
	readonly readsKeys: boolean;
	readonly isProgram: boolean;
	columns = 80;
	echo = true;
	/** Whether a question is open. */
	isAsking = false;
	#events: HostTerminalEvents | undefined;
	readonly terminal: LineTerminal;

	constructor({ readsKeys = true, isProgram = true } = {}) {
		this.readsKeys = readsKeys;
		this.isProgram = isProgram;
		const open = (events: HostTerminalEvents) => {
			this.#events = events;
			return this;
		};
		this.terminal = new LineTerminal({ clock: this.clock, open, events: this });
	}

	read(): ArrayBuffer | undefined {
		const bytes = this.#input.shift();
		return bytes && new Uint8Array(bytes).buffer;
	}

	write(text: string): void {
		this.output += text;
	}

	take(line: string): boolean {
		return line === "line 2 1";
	}

	onLine(line: string | null): void {
		this.heard.push(line);
	}

	onEnd(): void {
		this.heard.push("<end>");
	}

	leave(): boolean {
		const wasAsking = this.isAsking;
		this.isAsking = false;
		return wasAsking;
	}

	/** Each part comes at once; no text is the end. */
	send(...parts: string[]): this {
		for (const part of parts) {
			this.#input.push(encodeUtf8(part));
			this.#events?.onReadable();
			this.clock.advance(100);
		}
		return this;
	}

	hangUp(): this {
		this.#events?.onEnd();
		return this;
	}
}

export default [
	suite("terminal: LineTerminal", {
		"takes a pipe's lines as they are, whatever characters stand in them"() {
			const place = new Place({ readsKeys: false }).send(
				"on",
				"e\r\ntw\u001b[Ao\u0003\n\nx\u0000\n",
				"\r\r\nlast",
				""
			);
			equal(place.heard, ["one", "tw\u001b[Ao\u0003", "", null, "\r", "last", "<end>"]);
			equal(place.output, "");
		},
		"takes a pipe's line of 1023 bytes, its return beside, and null for a longer one"() {
			const longest = "x".repeat(1023);
			const place = new Place({ readsKeys: false });
			place.send(`${longest}\n${longest}\r\n${longest}y\n`, longest, longest, `${longest}\nnext\n`);
			equal(place.heard, [longest, longest, null, null, "next"]);
		},
		"takes a pipe's line that is no UTF-8 as null"() {
			const place = new Place({ readsKeys: false });
			place.send("a");
			equal(place.heard, []);
		},
		"does one line in a turn"() {
			for (const readsKeys of [true, false]) {
				const place = new Place({ readsKeys });
				const turns: number[] = [];
				place.clock.after(0, () => turns.push(place.heard.length));
				place.send("one\ntwo\nthree\n");
				equal([place.heard.length, turns], [3, [readsKeys ? 0 : 1]]);
			}
		},
		"hands to the host what is the host's, but not an answer that does not show"() {
			const place = new Place().send("line 2 1\r");
			place.terminal.echo = false;
			equal(place.send("line 2 1\r").heard, ["line 2 1"]);
		},
		"leaves a question at ctrl-C, and ends a program at two of them in an empty line"() {
			const place = new Place();
			place.isAsking = true;
			place.send("half\u0003", "\u0003", "x", "\u007f", "\u0003");
			equal([place.isAsking, place.heard], [false, []]);
			equal(place.send("\u0003", "more\r").heard, ["<end>"]);
		},
		"ends at ctrl-D, and when it is told to, once"() {
			equal(new Place().send("x\u0004\r", "\u0004").hangUp().heard, ["x", "<end>"]);
			equal(new Place().send("half").hangUp().hangUp().heard, ["<end>"]);
		},
		"ends no board by a key"() {
			equal(new Place({ isProgram: false }).send("\u0003", "\u0003", "\u0004", "x\r").heard, ["x"]);
		}
	})
];
