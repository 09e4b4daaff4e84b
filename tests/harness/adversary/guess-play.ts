import { fromHex, toHex } from "../../../modules/bytes/bytes.js";
import { idLength } from "../../../modules/chain/chain.js";
import {
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	isRequest,
	type Message,
	MessageType,
	type Option,
	OptionNumber,
	pathOptions
} from "../../../modules/coap/coap.js";
import { multiply, runAtOnce } from "../../../modules/crypto/crypto.js";
import { readAnswer, setting, writeApplication, writeShare } from "../../../modules/secure/sync-messages.js";
import { M } from "../../../modules/spake2plus/generators.js";
import { type PasswordScalars, Prover, Spake2PlusError } from "../../../modules/spake2plus/spake2plus.js";
import { testApplicant } from "../applicants.js";
import { testNode } from "../blocks.js";
import { scalarsOf } from "../fake-home.js";
import { Dice, homePassword, homePin } from "../simulation.js";
import { Machine, type Seen } from "./machine.js";
import { fateOf, handsIn } from "./meddling.js";
import { AdversaryNetwork, datagramText } from "./network.js";
import { type List, meddlingOf, type Numbers, pick, waits } from "./numbers.js";
import type { Home, Outcome } from "./play.js";
import { seconds } from "./promise-one.js";
import { World } from "./world.js";

/** Numbers of the head. */
export const guessHeadLength = 1;

const sponsorPlace = "10.0.0.1:5683";
const rounds = 1000;
const strangers = 3;
const allowedEach = 5;
/** What the strangers guess the PIN to be; they know the password. */
const pins: List<string> = ["1111", homePin, "2222", "3333", "4444", homePin, "5555"];
const none = new Uint8Array(0);

/** A share under way, by its token. */
interface Guess {
	readonly prover: Prover | undefined;
	readonly share: Uint8Array;
	readonly stranger: number;
}

/**
 * Promise 8, of who invites: strangers guess at its password on a network that belongs to them. What they have learned is never
 * more than five guesses for each time that a person has invited, but for the right ones that they go on to join with.
 */
export function playGuesses(home: Home, [head = [], ...rows]: Numbers): Outcome {
	return new GuessPlay(home, head).run(rows);
}

class GuessPlay {
	readonly #world = new World();
	readonly #network = new AdversaryNetwork(this.#world);
	readonly #hands = handsIn(this.#world);
	readonly #sponsor: Machine;
	readonly #dice: Dice;
	readonly #story: string[] = [];
	readonly #faults: string[] = [];
	readonly #scalars = new Map<string, PasswordScalars>();
	readonly #guesses = new Map<string, Guess>();
	/** What answered the guesses: each tells whether one was right. */
	readonly #learned = new Set<string>();
	/** confirmPs by which a stranger can join, by stranger. */
	readonly #ready = new Map<number, Uint8Array>();
	#home = none;
	#era: Uint8Array | undefined;
	#sponsorId = new Uint8Array(idLength);
	#ids = 0;
	#invitations = 0;
	#joined = 0;
	#isOver = false;

	constructor(home: Home, [seed = 0]: readonly number[]) {
		this.#dice = new Dice(seed);
		const [flash] = home;
		if (flash === undefined) throw new Error("a home of nobody");
		this.#sponsor = new Machine({
			world: this.#world,
			name: "lamp",
			place: sponsorPlace,
			flash: flash.copy(),
			settings: {},
			dice: this.#dice,
			drift: 0,
			send: (from, to, bytes) => this.#network.send(from.place, to, bytes),
			see: seen => this.#see(seen)
		});
		this.#network.attach(this.#sponsor);
		for (let stranger = 0; stranger < strangers; stranger += 1) {
			this.#network.attach({ place: placeOf(stranger), receive: bytes => this.#heard(stranger, bytes) });
		}
		this.#network.onSent = sent => this.#note(`  ${datagramText(sent)}`);
	}

	run(rows: Numbers): Outcome {
		this.#sponsor.start();
		this.#world.run(1_000);
		for (const line of ["status", "export"]) this.#sponsor.type(line);
		this.#invite();
		this.#next([...rows]);
		while (!this.#isOver) this.#world.run(1_000);
		this.#sponsor.calm();
		this.#world.run(30_000);
		for (const { from, to, bytes } of [...this.#network.sent]) this.#network.deliver(from, to, bytes, 1);
		this.#world.run(30_000);
		return {
			faults: this.#faults,
			asks: this.#invitations,
			acts: this.#learned.size,
			story: () => this.#story.join("\n")
		};
	}

	#invite(): void {
		this.#invitations += 1;
		this.#sponsor.type("invite 3600");
	}

	#see(seen: Seen): void {
		this.#note(seen.is === "printed" ? seen.text : seen.is === "typed" ? `> ${seen.text}` : seen.is);
		if (seen.is !== "printed") return;
		const id = /^home +([0-9a-f]{16})/.exec(seen.text)?.[1];
		if (id !== undefined) this.#home = fromHex(id);
		const era = /"hash":"([0-9a-f]{32})/.exec(seen.text)?.[1];
		if (era !== undefined) this.#era ??= fromHex(era);
		const sponsor = /^node .* id ([0-9a-f]{32})/.exec(seen.text)?.[1];
		if (sponsor !== undefined) this.#sponsorId = fromHex(sponsor);
		if (/ failed: |too many errors/.test(seen.text)) this.#faults.push(seen.text);
	}

	#note(text: string): void {
		this.#story.push(`${seconds(this.#world.now).padStart(12)}  ${text}`);
	}

	/** A stranger tests a guess: by a share made of it, or by one that is nothing but its mask. */
	#guess(stranger: number, pin: string, isMask: boolean): void {
		const known = this.#scalars.get(pin);
		const scalars = known ?? scalarsOf(homePassword, pin, this.#home, rounds);
		this.#scalars.set(pin, scalars);
		const prover = new Prover({
			...setting(this.#home, rounds, 0),
			...scalars,
			ephemeral: this.#dice.bytes(32)
		});
		const share = isMask ? Uint8Array.of(4, ...multiply(scalars.w0, M)) : runAtOnce(prover.begin());
		const guess = { prover: isMask ? undefined : prover, share: writeShare(share), stranger };
		this.#note(`adversary: stranger ${stranger} guesses ${pin}${isMask ? " by its mask" : ""}`);
		this.#post(guess, guess.share, []);
	}

	#post(
		guess: Guess | undefined,
		payload: Uint8Array,
		options: readonly Option[],
		stranger = guess?.stranger ?? 0
	): void {
		this.#ids += 1;
		const token = Uint8Array.of(this.#ids >> 8, this.#ids);
		if (guess !== undefined) this.#guesses.set(toHex(token), guess);
		const all = [...pathOptions("/sync"), ...options];
		const { Confirmable } = MessageType;
		const message = { type: Confirmable, code: Code.Post, id: this.#ids, token, options: all, payload };
		this.#network.send(placeOf(stranger), sponsorPlace, encodeMessage(message));
	}

	#heard(stranger: number, bytes: Uint8Array): void {
		const message = decodeMessage(bytes);
		const guess = this.#guesses.get(toHex(message.token));
		if (isRequest(message.code) || message.code === Code.Empty || guess === undefined) return;
		const echo = findOption(message.options, OptionNumber.Echo);
		if (message.code === Code.Unauthorized && echo !== undefined) {
			this.#guesses.delete(toHex(message.token));
			this.#post(guess, guess.share, [echo]);
		} else if (
			message.code === Code.Changed ||
			(message.code === Code.BadRequest && guess.prover === undefined)
		) {
			this.#answered(stranger, guess, message);
		}
	}

	#answered(stranger: number, { prover }: Guess, { code, payload, token }: Message): void {
		const name = code === Code.Changed ? toHex(payload) : toHex(token);
		if (!this.#learned.has(name)) {
			this.#learned.add(name);
			this.#note(`learned: ${this.#learned.size}, invited: ${this.#invitations}`);
			const most = allowedEach * this.#invitations + this.#joined;
			if (this.#learned.size > most)
				this.#faults.push(`${this.#learned.size} guesses tested, ${most} allowed`);
		}
		if (code !== Code.Changed || prover === undefined) return;
		try {
			const { confirmP, sharedKey } = runAtOnce(prover.finish(readAnswer(payload)));
			const number = this.#ids;
			const node = testNode(`new ${number % 4}`);
			const applicant = testApplicant(this.#era ?? none, `new ${number}`, node, this.#sponsorId, sharedKey);
			this.#ready.set(stranger, writeApplication(confirmP, applicant, sharedKey));
		} catch (error) {
			// Wrong, or answered twice.
			if (!(error instanceof Spake2PlusError)) throw error;
		}
	}

	#next(rows: (readonly number[])[]): void {
		const sponsor = this.#sponsor;
		for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
			const [kind = 0, a = 0, b = 0, c = 0, d = 0, e = 0] = row;
			const stranger = pick([0, 0, 0, 0, 1, 2], a);
			switch (pick(rowKinds, kind)) {
				case "wait":
					this.#world.after(pick(waits, a), () => this.#next(rows));
					return;
				case "guess":
					this.#guess(stranger, pick(pins, b), c % 5 === 4);
					// Mostly it is answered before the next one.
					if (d % 4 === 3) break;
					this.#world.after(pick([20, 20, 100, 500], d >> 2), () => this.#next(rows));
					return;
				case "join": {
					const ready = this.#ready.get(stranger);
					if (ready === undefined) break;
					this.#ready.delete(stranger);
					this.#joined += 1;
					this.#note(`adversary: stranger ${stranger} joins`);
					this.#post(undefined, ready, [], stranger);
					break;
				}
				case "invite":
					if (sponsor.isOn && !sponsor.isStopped && !sponsor.isInTurn) this.#invite();
					break;
				case "uninvite":
					if (sponsor.isOn && !sponsor.isStopped && !sponsor.isInTurn) sponsor.type("uninvite");
					break;
				case "meddle": {
					const isTo = b % 2 === 0;
					const [from, to] = isTo ? [placeOf(stranger), sponsorPlace] : [sponsorPlace, placeOf(stranger)];
					const way = meddlingOf(d, e);
					const fate = fateOf(way, this.#hands, isTo ? undefined : sponsor, isTo ? sponsor : undefined);
					this.#note(`adversary: ${from} > ${to}: ${JSON.stringify(way)}`);
					this.#network.rule(from, to, "any", fate, pick([0, 0, 1, 2], c), pick([1, 2, 1000], c >> 2));
					break;
				}
				case "replay": {
					const from = placeOf(stranger);
					const known = this.#network.sent.filter(each => each.from === from);
					for (const { bytes } of known.slice(-1 - (b % 6)))
						this.#network.deliver(from, sponsorPlace, bytes, 0);
					break;
				}
				case "stop":
					sponsor.beforeTurn(b % 20, () => this.#hands.stop(sponsor, pick(waits, a), c % 12));
					break;
				case "freeze":
					sponsor.freezeAtLook(b % 60, pick(waits, a));
					break;
				case "restart":
					sponsor.beforeTurn(b % 20, () => this.#hands.restart(sponsor, pick(waits, a)));
					break;
			}
		}
		this.#isOver = true;
	}
}

function placeOf(stranger: number): string {
	return `10.1.0.${stranger + 1}:5683`;
}

const rowKinds: List<
	"wait" | "guess" | "join" | "invite" | "uninvite" | "meddle" | "replay" | "stop" | "freeze" | "restart"
> = [
	"wait",
	"guess",
	"wait",
	"guess",
	"wait",
	"guess",
	"wait",
	"guess",
	...(["guess", "guess", "guess", "guess", "guess", "guess", "guess", "guess"] as const),
	...([
		"join",
		"join",
		"join",
		"meddle",
		"meddle",
		"replay",
		"stop",
		"freeze",
		"invite",
		"uninvite",
		"restart"
	] as const)
];
