import { LineEditor } from "../../../hosts/board/terminal/line-editor.js";
import { decodeUtf8, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

const up = "\u001b[A";
const down = "\u001b[B";
const backspace = "\u007f";

/** A person at an editor, and what came of it. */
class Desk {
	readonly lines: (string | null)[] = [];
	/** What the terminal shows, a line each: as a terminal would, with backspaces carried out. */
	screen = "";
	/** How often the editor wrote. */
	writes = 0;
	readonly editor: LineEditor;

	constructor() {
		this.editor = new LineEditor({
			onLine: line => this.lines.push(line),
			write: text => this.#show(text),
			decode
		});
	}

	type(text: string): this {
		return this.send(encodeUtf8(text));
	}

	send(bytes: Uint8Array): this {
		for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.editor.receive(rest));
		return this;
	}

	#show(text: string): void {
		this.writes += 1;
		for (const character of text.replaceAll("\b \b", "\b")) {
			this.screen = character === "\b" ? [...this.screen].slice(0, -1).join("") : this.screen + character;
		}
	}
}

function decode(bytes: Uint8Array): string | null {
	try {
		return decodeUtf8(bytes);
	} catch {
		return null;
	}
}

export default [
	suite("board: LineEditor", {
		"ends a line at return, at line feed, and once at both"() {
			equal(new Desk().type("one\rtwo\nthree\r\nfour\r\r").lines, ["one", "two", "three", "four", ""]);
		},
		"shows what is typed, and a new line at its end"() {
			equal(new Desk().type("task lamp on\r").screen, "task lamp on\n");
		},
		"removes a character with backspace, the one of several bytes too, and nothing from an empty line"() {
			const desk = new Desk().type(`lä${backspace}${backspace}${backspace}x\u0008ampé€${backspace}`);
			equal(desk.screen, "ampé");
			equal(desk.type("\r").lines, ["ampé"]);
		},
		"shows a character of several bytes once it is whole"() {
			const desk = new Desk();
			const [first = 0, second = 0] = encodeUtf8("é");
			desk.send(Uint8Array.of(first));
			equal(desk.screen, "");
			desk.send(Uint8Array.of(second));
			equal(desk.screen, "é");
		},
		"drops the line at ctrl-C, and removes it at ctrl-U"() {
			const desk = new Desk().type("reset\u0003status\u0015members\r");
			equal(desk.lines, ["members"]);
			equal(desk.screen, "reset^C\nmembers\n");
		},
		"does not show a password, nor remember it"() {
			const desk = new Desk().type("before\r");
			desk.editor.echo = false;
			desk.type(`secreT${backspace}t${up}\r`);
			desk.editor.echo = true;
			equal(desk.lines, ["before", "secret"]);
			equal(desk.screen, "before\n\n");
			equal(desk.type(up).screen, "before\n\nbefore");
		},
		"does not remember a line in which the password of a Wi-Fi stands"() {
			const desk = new Desk().type("wifi\r");
			for (const line of ["wifi home secret", " WIFI home secret", "wifi\thome secret"])
				desk.type(`${line}\r`);
			equal(desk.lines.length, 4);
			desk.screen = "";
			equal(desk.type(up).screen, "wifi");
			equal(desk.type(up).screen, "wifi", "there is none before it");
		},
		"brings lines back with the arrows, the same line once, and of the many the last eight"() {
			const desk = new Desk();
			for (let i = 0; i < 10; i++) desk.type(`line ${i}\rline ${i}\r`);
			desk.screen = "";
			equal(desk.type(`x${up}`).screen, "line 9");
			equal(desk.type(up).screen, "line 8");
			equal(desk.type(down).screen, "line 9");
			equal(desk.type(down).screen, "");
			equal(desk.type(up.repeat(20)).screen, "line 2");
			equal(desk.type("!\r").lines.at(-1), "line 2!");
		},
		"takes no notice of other keys, whatever bytes they send"() {
			const desk = new Desk().type("a\u001b[3~b\u001b[1;5Cc\u001bOAd\u001b[15~\u001bze\u0000\u0007\r");
			equal(desk.lines.length, 1);
			equal(new Desk().type("\u001b[3~ab\u001b[1;5C\u0007\u001bzc\r").lines, ["abc"]);
		},
		"hands on a line of 1023 bytes, and null for a longer one, whole"() {
			const longest = "x".repeat(1023);
			equal(new Desk().type(`${longest}\r${longest}y and more\rnext\r`).lines, [longest, null, "next"]);
		},
		"does one line at a time, and one key that replaces it, so that a paste is done in many turns"() {
			const desk = new Desk();
			const pasted = encodeUtf8(`one\rtwo\r\nth\u0015x\u0003${up}rest`);
			const parts: string[] = [];
			for (let rest = pasted; rest.length > 0; ) {
				const taken = desk.editor.receive(rest);
				parts.push(decodeUtf8(rest.subarray(0, taken)));
				rest = rest.subarray(taken);
			}
			equal(parts, ["one\r", "two\r", "\nth\u0015", "x\u0003", up, "rest"]);
		},
		"writes what was typed in one go, and what takes the place of a line in two"() {
			const desk = new Desk();
			const long = "é€x".repeat(170);
			desk.type(long);
			equal([desk.writes, desk.screen], [1, long]);
			desk.type("\r").writes = 0;
			desk.screen = "";
			desk.type(up);
			equal([desk.writes, desk.screen], [1, long]);
			desk.type("\u0015");
			equal([desk.writes, desk.screen], [2, ""]);
		},
		"hands on null for what is no text"() {
			const desk = new Desk();
			desk.send(Uint8Array.of(0x61, 0xff, 0x62, 13));
			equal(desk.type("next\r").lines, [null, "next"]);
		}
	})
];
