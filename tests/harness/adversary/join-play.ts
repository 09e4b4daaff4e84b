import { toHex } from "../../../modules/bytes/bytes.js";
import { Code, decodeMessage } from "../../../modules/coap/coap.js";
import { readRequest } from "../../../modules/secure/sync-messages.js";
import { type FakeAnswer, FakeHome, inventedId, inventedNodeId } from "../fake-home.js";
import { MemoryPreference } from "../memory-preference.js";
import { Dice, homePassword, homePin } from "../simulation.js";
import { Machine, type Seen } from "./machine.js";
import { fateOf, handsIn } from "./meddling.js";
import { AdversaryNetwork, datagramText } from "./network.js";
import { type List, meddlingOf, type Numbers, pick, waits } from "./numbers.js";
import type { Outcome } from "./play.js";
import { seconds } from "./promise-one.js";
import { World } from "./world.js";

/** Numbers of the head. */
export const joinHeadLength = 5;

const joinerPlace = "10.0.0.9:5683";
const answers: List<FakeAnswer> = [
	"guess",
	"guess",
	"guess",
	"mask",
	"silence",
	"unauthorized",
	"forbidden",
	"conflict",
	"nonsense"
];
/** Milliseconds after the last row in which everybody goes on. */
const rest = 60_000;

/**
 * Promise 8: a device that looks for its home among fake ones, which know the password or guess at it, on a network that
 * belongs to them. What they have learned of guesses is never more than a person has typed the password, pressed the
 * button, or configured it.
 */
export function playJoin([head = [], ...rows]: Numbers): Outcome {
	return new JoinPlay(head).run(rows);
}

class JoinPlay {
	readonly #world = new World();
	readonly #network = new AdversaryNetwork(this.#world);
	readonly #hands = handsIn(this.#world);
	readonly #joiner: Machine;
	readonly #fakes: FakeHome[] = [];
	readonly #isConfigured: boolean;
	readonly #story: string[] = [];
	readonly #faults: string[] = [];
	/** What the joiner has asked its person, and has no answer to. */
	#question = "";
	/** How often the password may have been tested. */
	#allowed = 0;
	/** How often it was, as the homes can tell. */
	#tested = 0;
	#isKnown = false;
	/** confirmPs that were sent: each says that a guess was right. */
	readonly #confirmed = new Set<string>();
	/** Whether the last of these is of a try that the joiner has not ended yet. */
	#isUnderWay = false;
	#isOver = false;

	constructor([seed = 0, mode = 0, count = 0, same = 0, right = 0]: readonly number[]) {
		const dice = new Dice(seed);
		const world = this.#world;
		this.#isConfigured = mode % 2 === 1;
		const configured = { name: "desk", type: "light", homePassword, homePin };
		this.#joiner = new Machine({
			world,
			name: "desk",
			place: joinerPlace,
			flash: new MemoryPreference(),
			settings: { button: 3, ...(this.#isConfigured && configured) },
			dice,
			drift: 0,
			send: (from, to, bytes) => this.#network.send(from.place, to, bytes),
			see: seen => this.#see(seen)
		});
		this.#network.attach(this.#joiner);
		for (let number = 0; number <= count % 3; number += 1)
			this.#pose(number, same % 2 === 0, right >> number);
		this.#network.onSent = sent => {
			if (sent.from === joinerPlace) this.#heard(sent.bytes);
			if (sent.to !== "10.0.0.255:5683") this.#note(`  ${datagramText(sent)}`);
		};
	}

	run(rows: Numbers): Outcome {
		// Configured answers are tried once without anybody.
		if (this.#isConfigured) this.#allowed = 1;
		this.#joiner.start();
		if (!this.#isConfigured) this.#answer(0);
		this.#next([...rows]);
		while (!this.#isOver) this.#world.run(1_000);
		this.#joiner.calm();
		this.#world.run(rest);
		for (const { from, to, bytes } of [...this.#network.sent]) this.#network.deliver(from, to, bytes, 1);
		this.#world.run(rest);
		return {
			faults: this.#faults,
			asks: this.#allowed,
			acts: this.#tested,
			story: () => this.#story.join("\n")
		};
	}

	/** Somebody poses as a member of a home. */
	#pose(number: number, isSame: boolean, right: number): void {
		const place = `10.1.0.${number + 1}:5683`;
		const guess = right % 2 === 1 ? { password: homePassword, pin: homePin } : {};
		const fake = new FakeHome({
			id: inventedId(isSame ? 1 : number + 1),
			node: inventedNodeId(number + 1),
			version: isSame ? number : 0,
			...guess
		});
		this.#fakes.push(fake);
		this.#network.attach({
			place,
			receive: (bytes, from) => {
				const answer = fake.heard(bytes);
				if (answer !== undefined) this.#network.send(place, from, answer);
			}
		});
	}

	#heard(bytes: Uint8Array): void {
		const { code, payload } = decodeMessage(bytes);
		if (code !== Code.Post) return;
		const request = readRequest(payload);
		if ("shareP" in request) return;
		const confirmP = toHex(request.confirmP);
		if (this.#confirmed.has(confirmP)) return;
		this.#confirmed.add(confirmP);
		this.#isUnderWay = true;
		this.#learned("a right guess is confirmed");
		this.#isKnown = true;
	}

	/** Who knows the password has nothing more to learn. */
	#learned(how: string): void {
		if (this.#isKnown) return;
		this.#tested += 1;
		this.#note(`${how}: ${this.#tested} tested, ${this.#allowed} allowed`);
		if (this.#tested > this.#allowed)
			this.#faults.push(`${this.#tested} guesses tested, ${this.#allowed} allowed: ${how}`);
	}

	#see(seen: Seen): void {
		if (seen.is !== "printed") {
			if (seen.is === "off") {
				this.#question = "";
				this.#isUnderWay = false;
			}
			if (seen.is === "pressed") this.#allowed += 1;
			this.#note(seen.is === "typed" ? `> ${seen.text}` : seen.is);
			return;
		}
		const { text } = seen;
		this.#note(text);
		if (/^(Is this|Name of|Type \(|Password of|PIN \(|Which is)/.test(text)) this.#question = text;
		const isEnded = text.startsWith("Not joined: ") && !text.includes("Trying again");
		if (isEnded && this.#isUnderWay) this.#isUnderWay = false;
		else if (isEnded) this.#learned("a wrong guess is told");
		if (/ failed: |too many errors/.test(text)) this.#faults.push(text);
	}

	/** A person answers what is asked, until nothing is. */
	#answer(choice: number): void {
		for (let count = 0; count < 8 && this.#question !== ""; count += 1) {
			const joiner = this.#joiner;
			if (!joiner.isOn || joiner.isStopped || joiner.isInTurn) return;
			const question = this.#question;
			this.#question = "";
			if (question.startsWith("PIN")) this.#allowed += 1;
			joiner.type(this.#answerTo(question, choice));
		}
	}

	#answerTo(question: string, choice: number): string {
		if (question.startsWith("Is this")) return "n";
		if (question.startsWith("Name")) return "desk";
		if (question.startsWith("Type")) return "light";
		if (question.startsWith("Password")) return homePassword;
		if (question.startsWith("PIN")) return homePin;
		return this.#fakes[choice % this.#fakes.length]?.id ?? "1";
	}

	#note(text: string): void {
		this.#story.push(`${seconds(this.#world.now).padStart(12)}  ${text}`);
	}

	#next(rows: (readonly number[])[]): void {
		for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
			const [kind = 0, a = 0, b = 0, c = 0, d = 0, e = 0] = row;
			const place = `10.1.0.${1 + (a % this.#fakes.length)}:5683`;
			switch (pick(rowKinds, kind)) {
				case "wait":
					this.#world.after(pick(waits, a), () => this.#next(rows));
					return;
				case "person":
					this.#answer(a);
					break;
				case "press":
					if (this.#joiner.isOn && !this.#joiner.isStopped && !this.#joiner.isInTurn) this.#joiner.press();
					break;
				case "meddle": {
					const [from, to] = b % 2 === 0 ? [place, joinerPlace] : [joinerPlace, place];
					const way = meddlingOf(d, e);
					const fate = fateOf(
						way,
						this.#hands,
						b % 2 === 0 ? undefined : this.#joiner,
						b % 2 === 0 ? this.#joiner : undefined
					);
					this.#note(`adversary: ${from} > ${to}: ${JSON.stringify(way)}`);
					this.#network.rule(from, to, "any", fate, pick([0, 0, 1, 2], c), pick([1, 2, 1000], c >> 2));
					break;
				}
				case "replay": {
					const known = this.#network.sent.filter(({ from, to }) => from === place && to === joinerPlace);
					for (const { bytes } of known.slice(-1 - (b % 6)))
						this.#network.deliver(place, joinerPlace, bytes, 0);
					break;
				}
				case "stop":
					this.#joiner.beforeTurn(b % 20, () => this.#hands.stop(this.#joiner, pick(waits, a), c % 12));
					break;
				case "freeze":
					this.#joiner.freezeAtLook(b % 60, pick(waits, a));
					break;
				case "restart":
					this.#note("adversary: restart");
					this.#joiner.beforeTurn(b % 30, () => this.#hands.restart(this.#joiner, pick(waits, a)));
					break;
				case "change": {
					const fake = this.#fakes[a % this.#fakes.length];
					if (fake !== undefined) fake.answer = pick(answers, b);
					break;
				}
			}
		}
		this.#isOver = true;
	}
}

const rowKinds: List<
	"wait" | "person" | "press" | "meddle" | "replay" | "stop" | "freeze" | "restart" | "change"
> = [
	"wait",
	"wait",
	"wait",
	"wait",
	"person",
	"person",
	"meddle",
	"meddle",
	"meddle",
	"change",
	"change",
	"restart",
	"restart",
	"restart",
	"replay",
	"stop",
	"freeze",
	"press"
];
