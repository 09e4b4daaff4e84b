import { decodeUtf8, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { LineEditor } from "../../../modules/terminal/line-editor.js";
import { equal, ok } from "../../harness/assert.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualScreen } from "../../harness/virtual-screen.js";

const up = "\u001b[A";
const down = "\u001b[B";
const right = "\u001b[C";
const left = "\u001b[D";
const backspace = "\u007f";
const remove = "\u001b[3~";
const control = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f);

/** A person at an editor, and what came of it. */
class Desk {
	readonly events: (string | null)[] = [];
	readonly screen: VirtualScreen;
	/** How often the editor drew, and what it sent. */
	draws = 0;
	/** What Tab makes of a text. */
	complete: (text: string) => string | undefined = () => undefined;
	readonly editor = new LineEditor(this);

	constructor(public columns = 80) {
		this.screen = new VirtualScreen(columns || 80);
	}

	/** The last row in sight. */
	get row(): string {
		return this.screen.rows.at(-1) ?? "";
	}

	get lines(): (string | null)[] {
		return this.events;
	}

	/** What is not to come back. */
	keeps(line: string): boolean {
		return !line.startsWith("wifi ");
	}

	onLine(line: string | null): void {
		this.events.push(line);
	}

	onCancel(isEmpty: boolean): void {
		this.events.push(isEmpty ? "<cancel>" : "<drop>");
	}

	onEnd(): void {
		this.events.push("<end>");
	}

	draw(text: string): void {
		this.draws += 1;
		this.screen.write(text);
	}

	/** Somebody else's text. */
	write(text: string): void {
		this.draw(this.editor.above(text));
	}

	type(text: string): this {
		return this.send(encodeUtf8(text));
	}

	/** Each key by itself, as a person types; an escape sequence is one. */
	keys(...keys: string[]): this {
		for (const key of keys) this.type(key);
		return this;
	}

	send(bytes: Uint8Array): this {
		for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.editor.receive(rest));
		return this;
	}
}

export default [
	suite("terminal: LineEditor", {
		"ends a line at return, at line feed, and once at both"() {
			equal(new Desk().type("one\rtwo\nthree\r\nfour\r\r").lines, ["one", "two", "three", "four", ""]);
		},
		"shows what is typed, and a new line at its end"() {
			equal(new Desk().type("task lamp on\r").screen.text, "task lamp on\n");
		},
		"removes a character with backspace, the one of several bytes too, and nothing from an empty line"() {
			const desk = new Desk().type(`lä${backspace}${backspace}${backspace}x\u0008ampé€${backspace}`);
			equal(desk.row, "ampé");
			equal(desk.type("\r").lines, ["ampé"]);
		},
		"moves by characters, however many bytes and columns each takes, and inserts there"() {
			const desk = new Desk().keys("aé电z", left, left);
			equal(desk.screen.cursor, [0, 2]);
			desk.keys(left, "b", control("b"), control("b"), right, control("f"), "c");
			equal(desk.row, "abcé电z");
			equal(desk.keys("\r").lines, ["abcé电z"]);
		},
		"goes to both ends and no further"() {
			const desk = new Desk().keys("bc", "\u001b[H", left, "a", "\u001b[F", right, "d");
			equal(desk.row, "abcd");
			desk.keys(control("a"), "1", control("e"), "2", "\u001b[1~", "3", "\u001b[4~", "4", "\u001bOH", "5");
			equal(desk.row, "531abcd24");
			equal(desk.keys("\u001b[7~", "6", "\u001b[8~", "7", "\r").lines, ["6531abcd247"]);
		},
		"removes under the cursor, before it, after it, and the word before it"() {
			const desk = new Desk().keys("one two  three", left, left, remove, control("d"), remove, control("d"));
			equal(desk.row, "one two  thr");
			equal(desk.keys(control("w")).row, "one two");
			equal(desk.keys(control("w")).row, "one");
			desk.keys(left, left, control("k"));
			equal(desk.row, "on");
			equal(desk.keys(left, control("u")).row, "n");
			equal(desk.keys("u", "\r").lines, ["un"]);
		},
		"shows a character of several bytes once it is whole"() {
			const desk = new Desk().keys("ab", left);
			const [first = 0, second = 0] = encodeUtf8("é");
			desk.send(Uint8Array.of(first));
			equal(desk.row, "ab");
			desk.send(Uint8Array.of(second));
			equal(desk.row, "aéb");
		},
		"drops the line at ctrl-C, and removes it at ctrl-U"() {
			const desk = new Desk().type("reset\u0003status\u0015members\r");
			equal(desk.lines, ["<drop>", "members"]);
			equal(desk.screen.text, "reset^C\nmembers\n");
		},
		"tells of ctrl-C and ctrl-D in an empty line, and ctrl-D ends no line in which something stands"() {
			equal(new Desk().keys("a", "\u0004", "\r", "\u0003", "\u0004").events, ["a", "<cancel>", "<end>"]);
			equal(new Desk().keys(remove).events, []);
		},
		"does not show a password, nor remember it, nor complete it"() {
			const desk = new Desk().type("before\r");
			desk.complete = () => "completed";
			desk.editor.echo = false;
			desk.keys(`secreT${backspace}t`, up, "\t", "\r");
			desk.editor.echo = true;
			equal(desk.lines, ["before", "secret"]);
			equal(desk.screen.text, "before\n\n");
			equal(desk.type(up).screen.text, "before\n\nbefore");
		},
		"never shows what was typed without echo, though echo comes back before its end"() {
			const desk = new Desk();
			desk.editor.echo = false;
			desk.type("sec");
			desk.editor.echo = true;
			desk.keys("ret", left, left);
			desk.write("news\n");
			desk.editor.redraw();
			equal(desk.screen.text, "news\n");
			equal(desk.keys("\r", up).row, "");
			equal(desk.lines, ["secret"]);
		},
		"takes from sight what stands there when echo goes"() {
			const desk = new Desk().type("hal");
			desk.editor.echo = false;
			equal(desk.row, "");
			equal(desk.type("f\r").lines, ["half"]);
		},
		"does not remember a line that its owner keeps to itself"() {
			const desk = new Desk().type("wifi\rwifi home secret\r");
			equal(desk.type(up).row, "wifi");
			equal(desk.type(up).row, "wifi", "there is none before it");
		},
		"brings lines back with the arrows, the same line once, and the new one as it was"() {
			const desk = new Desk();
			for (let i = 0; i < 10; i++) desk.type(`line ${i}\rline ${i}\r`);
			equal(desk.type(`x${up}`).row, "line 9");
			equal(desk.type(up).row, "line 8");
			equal(desk.type(down).row, "line 9");
			equal(desk.type(down).row, "x");
			equal(desk.type(down).row, "x");
			equal(desk.keys(control("p"), control("p"), control("n")).row, "line 9");
			equal(desk.type(up.repeat(20)).row, "line 0");
			equal(desk.type("!\r").lines.at(-1), "line 0!");
			equal(desk.type(up).row, "line 0!");
		},
		"remembers lines for which there is room, of the many the last"() {
			const desk = new Desk(2000);
			for (let i = 0; i < 500; i++) desk.type(`line ${i}\r`);
			desk.type(up.repeat(1000));
			const oldest = Number(desk.row.slice(5));
			ok(oldest > 380 && oldest < 430, `${oldest}`);
			const longest = "é".repeat(511);
			desk.type(`${control("u")}${longest}\r`);
			equal([desk.type(up).row, desk.type(up).row], [longest, longest]);
		},
		"replaces what stands before the cursor at Tab, and takes a tab in what is pasted as a space"() {
			const desk = new Desk();
			const asked: string[] = [];
			desk.complete = text => {
				asked.push(text);
				desk.write("a choice\n");
				return text.endsWith("x") ? undefined : `${text} lämp `;
			};
			desk.keys("task", "\t");
			equal(desk.screen.text, "a choice\ntask lämp");
			desk.keys("n", "x", left, left, "\t", "\r");
			equal(asked, ["task", "task lämp "]);
			equal(desk.keys("x", "\t", "\r", "a\tb\r").lines, ["task lämp  lämp nx", "x", "a b"]);
			// Whoever types fast, or over a slow line: both keys in one read.
			equal(desk.keys("task\t\r").lines.slice(3), ["task lämp "]);
		},
		"keeps the line below what others write, with the cursor where it was"() {
			const desk = new Desk().keys("task lamp", left, left);
			desk.write("* the door is open\n");
			desk.write("* the door is locked\n* twice\n");
			equal(desk.screen.text, "* the door is open\n* the door is locked\n* twice\ntask lamp");
			equal(desk.screen.cursor, [3, 7]);
			equal(desk.type("\r").screen.text.endsWith("twice\ntask lamp\n"), true);
		},
		"shows the line once what others write has come to its end, and breaks nothing of it"() {
			const desk = new Desk().keys("stat");
			desk.write("[1, ");
			desk.keys("u", "s", "\r", "mem");
			desk.write("2]");
			desk.write("\n");
			equal(desk.screen.text, "[1, 2]\nmem");
			equal(desk.lines, ["status"]);
		},
		"shows of a line that is too long for the window what is around the cursor, and all of it at its end"() {
			const letters = "abcdefghijklmnopqrstuvwxyz";
			const desk = new Desk(10).keys(...letters);
			equal(desk.screen.rows.length, 1);
			ok(desk.row.endsWith("z") && desk.row.length < 10, desk.row);
			desk.keys("\u001b[H");
			equal([desk.row, desk.screen.cursor], ["abcdefghi", [0, 0]]);
			for (let i = 0; i < 13; i++) desk.keys(right);
			ok(desk.row.includes("mno"), desk.row);
			desk.keys("!", "\r");
			equal(desk.screen.rows.join(""), "abcdefghijklm!nopqrstuvwxyz");
		},
		"is drawn anew in a window of another size"() {
			const desk = new Desk(80).keys("abcdefghijklmnopqrstuvwxyz", left);
			desk.columns = desk.screen.columns = 12;
			desk.editor.redraw();
			ok(desk.row.length < 12 && desk.row.includes("y"), desk.row);
			desk.columns = desk.screen.columns = 80;
			desk.editor.redraw();
			desk.keys("\u001b[H");
			equal(desk.row, "abcdefghijklmnopqrstuvwxyz");
			equal(desk.screen.rows.length, 1);
		},
		"begins on an empty screen at ctrl-L"() {
			const desk = new Desk().type("one\rtwo");
			equal(desk.keys(control("l")).screen.text, "two");
		},
		"takes no notice of other keys, whatever bytes they send"() {
			const noise =
				"\u001b[15~\u001b[1;5P\u001bze\u0000\u0007\u001b[[A\u001bOR\u001b]11;rgb:0/0\u0007\u001bP1$r\u001b\\";
			equal(new Desk().type(`ab${noise}c\r`).lines, ["abec"]);
		},
		"ends a line though an escape sequence has not ended"() {
			for (const noise of ["\u001b", "\u001b[", "\u001b[12;", "\u001bO", "\u001b]0;x", "\u001bP"])
				equal(new Desk().type(`a${noise}\rb\r`).lines.slice(-1), ["b"], JSON.stringify(noise));
		},
		"hands on a line of 1023 bytes, and null for a longer one, whole"() {
			const longest = "x".repeat(1023);
			equal(new Desk().type(`${longest}\r${longest}y and more\rnext\r`).lines, [longest, null, "next"]);
			const desk = new Desk().type(`${longest.slice(1)}é${backspace}é\u0001ab\rnext\r`);
			equal(desk.lines, [null, "next"], "also what has no room at once");
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
			equal(parts, ["one", "\r", "two", "\r", "\nth\u0015", "x\u0003", up, "rest"]);
		},
		"writes what was typed in one go, however long, and no more of it than there is room for"() {
			const desk = new Desk();
			const long = "é€x".repeat(170);
			desk.type(long);
			equal(desk.draws, 1);
			ok(desk.screen.rows.length === 1 && long.endsWith(desk.row), desk.row);
			desk.draws = 0;
			desk.type(backspace.repeat(600));
			equal([desk.draws, desk.row], [1, ""]);
		},
		"draws nothing while more is there already, and all of it then"() {
			const desk = new Desk();
			for (const part of ["sta", "tus ", "\t", "\u007fé"]) desk.editor.receive(encodeUtf8(part), true);
			equal([desk.draws, desk.row], [0, ""]);
			desk.editor.receive(encodeUtf8("x"));
			equal([desk.draws, desk.row], [1, "status éx"]);
		},
		"hands on null for what is no text, and shows no part of it that a terminal obeys"() {
			const desk = new Desk();
			for (const bytes of [
				[0xff],
				[0xc3],
				[0xc3, 0xc3],
				[0x80],
				[0xed, 0xa0, 0x80],
				[0xf4, 0x90, 0x80, 0x80]
			])
				desk.send(Uint8Array.of(0x61, ...bytes, 0x62, 13));
			equal(desk.type("next\r").lines, [null, null, null, null, null, null, "next"]);
			desk.type("x\u009b31m\u202ey");
			equal(desk.row, "x\ufffd31m\ufffdy");
		},
		"draws what the line is, at any width, after any keys"() {
			const dice = new Dice(7);
			const keys = [
				left,
				right,
				up,
				down,
				remove,
				backspace,
				"\r",
				"\u0003",
				"a",
				"é",
				"电",
				" ",
				"word ",
				"\u001b"
			];
			keys.push(...["a", "e", "k", "u", "w", "d"].map(control), "\u001b[", "\u001b]", "\u009b");
			for (const columns of [0, 1, 2, 3, 7, 20, 80]) {
				const desk = new Desk(columns);
				for (let i = 0; i < 400; i++) {
					const key = keys[Math.floor(dice.roll() * keys.length)] ?? "";
					if (dice.roll() < 0.1) desk.write("news\n");
					desk.type(key);
					const [row, column] = desk.screen.cursor;
					equal(row, desk.screen.rows.length - 1, "the cursor is in the last row");
					ok(column <= (columns || 80), `${column}`);
				}
				// Whatever was before: a line is a line.
				desk.type("\r\rstatus");
				if (columns === 0 || columns >= 7) equal(desk.row, columns === 7 ? desk.row : "status");
				equal(desk.type("\r").lines.at(-1), "status");
			}
		}
	})
];
