import { fromBase32, fromHex } from "../../../modules/bytes/bytes.js";
import { decode } from "../../../modules/cbor/cbor.js";
import { Chain } from "../../../modules/chain/chain.js";
import { baseLine, blockLine, timeText } from "../../../modules/console/chain-text.js";
import { exportParts } from "../../../modules/console/export.js";
import { LongOutput } from "../../../modules/console/long-output.js";
import { Questions } from "../../../modules/console/questions.js";
import { Screen } from "../../../modules/console/screen.js";
import { aroundWord } from "../../../modules/console/words.js";
import { derivePublicKey, sha256 } from "../../../modules/crypto/crypto.js";
import { nearest } from "../../../modules/names/names.js";
import { commonPasswords, isCommonPassword } from "../../../modules/node/common-passwords.js";
import { writtenKey } from "../../../modules/node/founding.js";
import { chosenPasswordFault, passwordFault } from "../../../modules/node/node.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { addBody, MemoryStorage, testGenesis, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { foundHome, SimulatedNetwork } from "../../harness/simulation.js";
import { type Suite, suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import chainText from "./chain-text.js";
import completions from "./completion.js";
import repeats from "./repeats.js";

class FakeTerminal {
	output = "";
	waiting = 0;
	echo = true;
	write(text: string): void {
		this.output += text;
	}
}

function smallChain() {
	const founder = testNode("founder");
	const chain = new Chain({ storage: new MemoryStorage() });
	chain.add(testGenesis(founder).cose);
	const { id: author, privateKey } = founder;
	chain.issue({
		author,
		privateKey,
		time: 1_700_000_060,
		body: addBody(chain.era, testNode("lock"), "Tür", { sponsor: author })
	});
	chain.issue({
		author,
		privateKey,
		time: null,
		body: { kind: undefined, number: 99, value: new Map([[1, bytes("ff")]]) }
	});
	return chain;
}

const words = suite("nearest", {
	"finds the command that was meant": () => {
		const commands = ["status", "members", "chain", "task", "export", "reset", "help", "quit"];
		for (const [typed, meant] of [
			["staus", "status"],
			["hlep", "help"],
			["memebrs", "members"],
			["exp", "export"],
			["quiet", "quit"],
			["tasks", "task"]
		] as const) {
			equal(nearest(typed, commands), meant, typed);
		}
		equal(nearest("frobnicate", commands), undefined);
		equal(nearest("x".repeat(1000), commands), undefined);
	},
	"finds a word between others, the first one that has spaces around it": () => {
		equal(aroundWord(" two words \t unlock  the door ", "unlock"), ["two words", "the door"]);
		equal(aroundWord("an unlocker unlock unlock", "unlock"), ["an unlocker", "unlock"]);
		equal(aroundWord("unlock unlock unlock", "unlock"), ["unlock", "unlock"]);
		for (const line of ["", "unlock", "knob unlock", "unlock door", "knob unlockdoor", "knob lock door"])
			equal(aroundWord(line, "unlock"), undefined, line);
	}
});

const questions = suite("questions", {
	"ask again until the answer will do": () => {
		const terminal = new FakeTerminal();
		const asking = new Questions(new Screen(terminal));
		const answers: string[] = [];
		asking.ask({ text: "PIN:", fault: text => (text === "1" ? undefined : "no") }, answer =>
			answers.push(answer)
		);
		for (const line of ["2", null, " 1 "]) asking.answer(line);
		equal(answers, ["1"]);
		equal(terminal.output, "PIN:\nno; once more:\nthat is too long, or not UTF-8; once more:\n");
		ok(!asking.isAsking);
	},
	"are left by an empty line where that is no answer, or by a key; then comes what waits": () => {
		const terminal = new FakeTerminal();
		const asking = new Questions(new Screen(terminal));
		const followed: string[] = [];
		const fault = (text: string) => (text === "" ? "something" : undefined);
		ok(!asking.leave(), "nothing is asked");
		asking.ask({ text: "Secret:", isSecret: true, fault }, answer => followed.push(answer));
		asking.ask(
			{ text: "Next:" },
			answer => followed.push(answer),
			() => followed.push("left")
		);
		asking.answer("");
		equal([followed, terminal.echo], [[], true]);
		// Here it is an answer.
		asking.answer("");
		equal(followed, [""]);
		asking.ask(
			{ text: "Next:" },
			answer => followed.push(answer),
			() => followed.push("left")
		);
		equal([asking.leave(), asking.isAsking, followed], [true, false, ["", "left"]]);
		asking.ask({ text: "First:", fault }, answer => followed.push(answer), null);
		ok(!asking.leave(), "there is nothing to go back to");
		asking.answer("");
		asking.answer("yes");
		equal(followed, ["", "left", "yes"]);
		equal(
			terminal.output,
			"Secret:\nLeft as it was.\nNext:\nNext:\nLeft as it was.\nFirst:\nsomething; once more:\n"
		);
	},
	"a secret answer does not show and keeps its spaces": () => {
		const terminal = new FakeTerminal();
		const asking = new Questions(new Screen(terminal));
		const seen: [string, boolean][] = [];
		asking.ask({ text: "Password:", isSecret: true }, answer => seen.push([answer, terminal.echo]));
		equal(terminal.echo, false);
		asking.answer(" a b ");
		equal(seen, [[" a b ", true]]);
	},
	"yes and no can be short, and nothing else is either": () => {
		for (const [line, yes] of [
			["y", true],
			["YES", true],
			["n", false],
			["No", false]
		] as const) {
			const asking = new Questions(new Screen(new FakeTerminal()));
			let answer: boolean | undefined;
			asking.confirm("Sure?", given => {
				answer = given;
			});
			asking.answer("perhaps");
			equal(answer, undefined);
			asking.answer(line);
			equal(answer, yes);
		}
	}
});

const passwords = suite("passwords that are chosen", {
	"are none of those that are tried first": () => {
		for (const word of ["        ", "aaaaaaaa", "AaAaAaAa", "88888888", "password", "PassWord", "1q2w3e4r"]) {
			ok(chosenPasswordFault(word) !== undefined, word);
			equal(passwordFault(word), undefined, "who has it may type it");
		}
		for (const word of ["correct horse", "passwords", "password 12345678", "aaaaaaab", "12345679"])
			equal(chosenPasswordFault(word), undefined, word);
		ok(chosenPasswordFault("short") !== undefined, "too short");
		const words = commonPasswords.trim().split(" ");
		equal([words.length, new Set(words).size], [100, 100]);
		ok(
			words.every(word => word.length >= 8 && word === word.toLowerCase() && isCommonPassword(word)),
			"each has 8 characters or more"
		);
	}
});

const longOutputs = suite("output that takes long", {
	"is shown over several turns, none of which is long, and other lines come after it": () => {
		const clock = new VirtualClock();
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		let work = 0;
		function* pieces() {
			for (let number = 0; number < 20; number += 1) {
				screen.part(`${number} `);
				// What making it takes.
				work += 30;
				clock.jump(30);
				yield;
			}
			screen.own("end");
		}
		let isDone = false;
		const done = () => {
			isDone = true;
		};
		new LongOutput({ clock, screen, pieces: pieces(), done }).begin();
		screen.line("* somebody came");
		for (let turn = 0; turn < 10 && !isDone; turn += 1) {
			ok(work <= 130, `${work} ms in one turn`);
			work = 0;
			clock.advance(100);
		}
		const numbers = Array.from({ length: 20 }, (_, number) => `${number} `).join("");
		equal(terminal.output, `${numbers}end\n* somebody came\n`);
		ok(isDone, "it is over");
		screen.line("* and went");
		equal(terminal.output.endsWith("* and went\n"), true);
	},
	"waits for its reader": () => {
		const clock = new VirtualClock();
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		let shown = 0;
		function* pieces() {
			for (; shown < 20; shown += 1) {
				terminal.waiting += 600;
				yield;
			}
		}
		new LongOutput({ clock, screen, pieces: pieces(), done: () => undefined }).begin();
		clock.advance(60_000);
		equal(shown, 1);
		terminal.waiting = 0;
		clock.advance(10);
		equal(shown, 3);
		for (let second = 0; second < 10; second += 1) {
			terminal.waiting = 0;
			clock.advance(1_000);
		}
		equal([shown, clock.pending], [20, 0]);
	},
	"holds only the latest lines": () => {
		const clock = new VirtualClock();
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		terminal.waiting = 2_000;
		const output = new LongOutput({ clock, screen, pieces: [][Symbol.iterator](), done: () => undefined });
		output.begin();
		for (let number = 0; number < 100; number += 1) screen.line(String(number));
		output.finish();
		const lines = terminal.output.trim().split("\n").map(Number);
		equal([lines[0], lines.length, lines.at(-1)], [68, 32, 99]);
	},
	"ends with an error of its own, and lets the others speak": () => {
		const screen = new Screen(new FakeTerminal());
		function* pieces(): Generator<void> {
			if (screen.waiting === 0) throw new RangeError("no such block");
			yield;
		}
		let isDone = false;
		const done = () => {
			isDone = true;
		};
		throws(
			() => new LongOutput({ clock: new VirtualClock(), screen, pieces: pieces(), done }).begin(),
			RangeError
		);
		ok(isDone, "another may begin");
	}
});

const screens = suite("screen", {
	"shows a line at a time, and nothing that a terminal would obey": () => {
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		screen.line("Tür: \x1b[2J\nready\u202e");
		equal(terminal.output, "Tür: \\u001b[2J\\u000aready\\u202e\n");
	},
	"cuts a line that is too long, but no line of parts": () => {
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		screen.line("x".repeat(10_000));
		equal(terminal.output, `${"x".repeat(494)} [...]\n`);
		terminal.output = "";
		screen.part("x".repeat(10_000));
		screen.part("\r\u0085");
		screen.line("");
		equal(terminal.output, `${"x".repeat(10_000)}\\u000d\\u0085\n`);
	},
	"is the way to the terminal's echo": () => {
		const terminal = new FakeTerminal();
		const screen = new Screen(terminal);
		screen.echo = false;
		equal([terminal.echo, screen.echo], [false, false]);
	}
});

const texts = suite("chain on the console", {
	"is a line a block, with who and when": () => {
		const chain = smallChain();
		equal(baseLine(chain), "lamp (light) founded the home");
		equal(blockLine(chain, 0), "  0  2023-11-14T22:14:20Z  lamp admitted Tür (lock)");
		equal(blockLine(chain, 1), "  1  -                     lamp issued a block of unknown kind 99");
	},
	"a time that cannot be is a dash": () => {
		equal(timeText(Number.MAX_SAFE_INTEGER).trim(), "-");
		equal(timeText(253_402_300_799), "9999-12-31T23:59:59Z");
	},
	"is exported with all that a stranger needs": () => {
		const chain = smallChain();
		const [genesis, entry, other, ...rest] = JSON.parse([...exportParts(chain)].join(""));
		equal(rest, []);
		const keys = "hash,era,previous,author,turn,sequence,time,kind,body,cose";
		equal(Object.keys(entry).join(","), keys);
		const cose = decode(fromHex(entry.cose));
		ok(Array.isArray(cose) && cose[2] instanceof Uint8Array);
		equal(entry.hash, hex(sha256(cose[2])));
		equal([entry.previous, entry.era], [genesis.hash.slice(0, 32), genesis.hash.slice(0, 32)]);
		equal(entry.body[2], "Tür");
		equal(other.body, [[1, "ff"]]);
	},
	"is exported in parts for which a board has room, also a large table": () => {
		const story = new Story();
		const chain = story.withMembers(...Array.from({ length: 8 }, (_, number) => `node ${number}`));
		story.checkpoint(chain);
		const parts = [...exportParts(chain)];
		ok(Math.max(...parts.map(({ length }) => length)) < 2_048);
		const { checkpoint, table } = chain.bundle ?? {};
		ok(checkpoint !== undefined && table !== undefined && table.length > 256);
		const blocks: { cose: string; table?: string }[] = JSON.parse(parts.join(""));
		const base = blocks.find(({ cose }) => cose === hex(checkpoint));
		equal(base?.table, hex(table));
	},
	"the written recovery key is the key with two check bytes": () => {
		const key = testNode("recovery").privateKey;
		const text = writtenKey(key);
		equal(
			text.split(" ").map(group => group.length),
			Array.from({ length: 11 }, () => 5)
		);
		const back = fromBase32(text);
		equal(back.subarray(0, 32), key);
		equal(back.subarray(32), sha256(key).subarray(0, 2));
		equal(derivePublicKey(back.slice(0, 32)).length, 33);
	}
});

const commands = suite("console", {
	"unknown commands say so and name the nearest": () => {
		const lamp = foundHome(new SimulatedNetwork());
		lamp.ask("statsu", /There is no command "statsu"\. Did you mean "status"\?/);
		lamp.ask("abracadabra", /There is no command "abracadabra"\. "help" lists them\./);
		lamp.ask("task lamp onn", /There is no action "onn"\. Did you mean "on"\?/);
		lamp.ask("task lamp", /Say whom and what/);
		lamp.ask("task", /Say whom and what/);
	},
	"no line that a person can type stops it": () => {
		const lamp = foundHome(new SimulatedNetwork());
		for (const line of [
			"",
			"   ",
			null,
			"\u0000",
			"💡",
			"task \u0007 on",
			"task  lamp   on ",
			"x".repeat(1023)
		]) {
			lamp.type(line);
		}
		lamp.ask("STATUS", /state +on/);
	},
	"help lists every command": () => {
		const lamp = foundHome(new SimulatedNetwork());
		lamp.type("help");
		for (const word of ["status", "members", "chain", "task WHO ACTION", "export", "reset", "help", "quit"]) {
			lamp.waitFor(new RegExp(`^${word} `, "m"), 10);
		}
	},
	"the suite is shown as insecure wherever it shows": () => {
		const lamp = foundHome(new SimulatedNetwork());
		ok(/suite "paper" is insecure/.test(lamp.output));
		lamp.ask("status", /suite paper - insecure/);
	},
	"quit ends the node": () => {
		const lamp = foundHome(new SimulatedNetwork());
		lamp.type("quit");
		equal(lamp.ended, 0);
	}
});

export default [
	words,
	questions,
	passwords,
	screens,
	longOutputs,
	texts,
	commands,
	chainText,
	repeats,
	...completions
] as Suite[];
