import { fromHex } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import { typeName } from "../devices/devices.js";
import {
	type Address,
	addressText,
	found,
	type HeardHome,
	type Identity,
	type Joining,
	type JoinResult,
	keptAddresses,
	loadIdentity,
	type Profile,
	passwordFault,
	pinFault,
	type Refusal,
	SpentAnswers,
	type Suite,
	suiteOf,
	unsentText
} from "../node/node.js";
import { type Store, StoreError } from "../store/store.js";
import { askHome, homeIds } from "./homes.js";
import type { Questions } from "./questions.js";
import { Repeats } from "./repeats.js";
import type { Screen } from "./screen.js";
import { type Answers, askName, askPassword, type GivenAnswers, Setup } from "./setup.js";

/** Milliseconds before another search for a home. */
const pause = 5_000;

export interface FirstStartOptions {
	readonly screen: Screen;
	readonly questions: Questions;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly store: Store;
	readonly joining: Joining;
	/** Whether there is a network to look for a home in. */
	readonly isOnline: () => boolean;
	/** Why this node cannot send; undefined where it can, as far as is known. */
	readonly sendFault: () => string | undefined;
	/** What is not to be asked. */
	readonly answers: GivenAnswers;
	/** Addresses to look for a home at; none for a broadcast. */
	readonly given: readonly Address[];
	readonly time: () => number | null;
	/** Of a home that is founded here. */
	readonly suite: Suite;
	/** All suites that this node can speak. */
	readonly suites: readonly Suite[];
	/** Rounds of PBKDF2 of a home that is founded here. */
	readonly rounds: number;
	/** Where nobody types: ends the program, for what a person would have to say. */
	readonly refuse: ((reason: string) => void) | undefined;
	/** Whether there is a button to press. */
	readonly hasButton: boolean;
}

/** How this node came by its identity: `sponsor` is whom to fetch the chain from. */
export interface Beginning {
	readonly identity: Identity;
	/** Whether the home was founded here just now. */
	readonly isFounded?: boolean;
	readonly sponsor?: { readonly id: string; readonly key?: Uint8Array; readonly address: Address };
}

/** A password and PIN, typed once or configured, until somebody may have tested a guess at them. */
interface Attempt {
	readonly profile: Profile;
	/** Of a try that was cut off. */
	readonly identity?: Identity | undefined;
	/** Which of several homes, 8 bytes. */
	readonly home?: Uint8Array | undefined;
	/** Whether nobody typed them. */
	readonly isConfigured: boolean;
	/** As of a JoinRequest. */
	readonly spend: () => void;
	readonly proven?: () => void;
}

/**
 * From a new device to a member: asks a person, founds a home or joins one, and says what happens. A password is tried by
 * itself until somebody may have tested a guess at it; after that only when a person types it again, presses the button, or
 * changes what is configured.
 */
export class FirstStart {
	readonly #options: FirstStartOptions;
	readonly #repeats: Repeats;
	readonly #done: (beginning: Beginning) => void;
	/** What waits for the network. */
	#waiting: (() => void) | undefined;
	/** What is tried when the button is pressed; undefined where nothing waits for that. */
	#onPress: (() => void) | undefined;

	constructor(options: FirstStartOptions, done: (beginning: Beginning) => void) {
		this.#options = options;
		this.#repeats = new Repeats(options.clock, text => this.say(text));
		this.#done = done;
	}

	/** Begins with the questions. */
	begin(): void {
		this.ask(this.#options.answers);
	}

	/** Goes on where a join was cut off; asks for the password where the suite takes it to go on. */
	resume(identity: Identity): void {
		const { password, pin } = this.#options.answers;
		const { name, type } = identity;
		if (this.resumes(identity)) this.retry(undefined);
		else if (password !== undefined && pin !== undefined && this.isConfigured)
			this.tryConfigured({ name, type, password, pin }, identity);
		else this.askAnew(undefined, "The password is needed to go on joining.");
	}

	/** The network is there. */
	online(): void {
		const search = this.#waiting;
		this.#waiting = undefined;
		search?.();
	}

	/** A person presses the button, which is as good as typing what is configured. Whether that was of use. */
	pressed(): boolean {
		const begin = this.#onPress;
		if (begin === undefined) return false;
		this.#onPress = undefined;
		this.#options.questions.withdraw();
		begin();
		return true;
	}

	/** Whether the password is configured, so that it is tried without a person. */
	private get isConfigured(): boolean {
		const { password, pin } = this.#options.answers;
		if (password === undefined || pin === undefined) return false;
		return passwordFault(password) === undefined && pinFault(pin) === undefined;
	}

	private resumes(identity: Identity): boolean {
		return suiteOf(this.#options.suites, identity.suite).resumes;
	}

	/** Looks for a home now, or as soon as there is a network. */
	private search(search: () => void): void {
		if (this.#options.isOnline()) {
			search();
			return;
		}
		this.say("There is no network yet. Joining as soon as it is there.");
		this.#waiting = search;
	}

	private ask(given: GivenAnswers): void {
		const isConfigured = given === this.#options.answers && this.isConfigured;
		const done = ({ profile, genesisMessage }: Answers) => {
			if (genesisMessage !== undefined) this.found(profile, genesisMessage);
			else if (isConfigured) this.tryConfigured(profile, undefined);
			else this.tryTyped(profile, undefined);
		};
		new Setup({ questions: this.#options.questions, given, done, left: () => this.ask(given) }).begin();
	}

	private found(profile: Profile, message: string): void {
		const { clock, random, store, time, suite, rounds } = this.#options;
		const founded = (identity: Identity) => this.#done({ identity, isFounded: true });
		const failed = (error: unknown) => {
			this.sayLast(`The home could not be founded: ${error instanceof Error ? error.message : error}`);
			this.ask({});
		};
		const show = (key: string, keep: () => void, drop: () => void) =>
			this.showRecoveryKey(key, keep, () => {
				drop();
				this.ask(this.#options.answers);
			});
		found({ clock, random, store, time: time(), profile, message, suite, rounds, show }, founded, failed);
	}

	/** Who founds a home by hand shows that the key was written down; where that is configured, nobody may be there. */
	private showRecoveryKey(key: string, keep: () => void, left: () => void): void {
		const { random, questions, answers } = this.#options;
		this.say("Recovery key, shown only now; write it down and keep it safe:");
		this.say(key);
		this.say(
			"It alone helps when an owner's node is lost or stolen: without it the home would have to be founded anew."
		);
		this.say(
			'Write beside it the first eight digits of this node\'s id, which follow "ready" below: by them you know an owner, whatever it is called.'
		);
		if (answers.genesisMessage !== undefined) {
			this.say('"recovery" tells whether what is on your paper is right.');
			keep();
			return;
		}
		const groups = key.split(" ");
		const [chance = 0] = random(1);
		const asked = chance % groups.length;
		const fault = (answer: string) =>
			plainLetters(answer) === groups[asked]
				? undefined
				: "that is not what stands there; look at your paper";
		questions.ask({ text: `Type group ${asked + 1} of it, from your paper:`, fault }, keep, left);
	}

	/** The power may have been cut since it was typed, but then it is not here any more. */
	private tryTyped(profile: Profile, identity: Identity | undefined): void {
		this.join({ profile, identity, isConfigured: false, spend: () => undefined });
	}

	/** Where these very answers were tried in an earlier life, a person must say that they may be tried again. */
	private tryConfigured(profile: Profile, identity: Identity | undefined): void {
		const { name, type, password, pin } = profile;
		const { home = "" } = this.#options.answers;
		new SpentAnswers(this.#options).look([name, typeName(type), password, pin, home], spendable => {
			const spend = () => spendable.spend();
			const proven = () =>
				SpentAnswers.forget({ store: this.#options.store, report: text => this.say(text) });
			const attempt = { profile, identity, isConfigured: true, spend, proven };
			if (!spendable.isSpent) {
				this.join(attempt);
				return;
			}
			this.askAnew(attempt, "The configured password was tried before, and is not tried again by itself.");
		});
	}

	private join(attempt: Attempt): void {
		const { joining, given, store, answers } = this.#options;
		const { profile, identity, home: chosen, spend, proven } = attempt;
		const known = identity === undefined ? [] : keptAddresses(store);
		const home = chosen ?? (answers.home === undefined ? undefined : fromHex(answers.home));
		this.search(() =>
			joining.join({ profile, given, known, identity, home, spend, ...(proven && { proven }) }, result =>
				this.settle(result, attempt)
			)
		);
	}

	private settle(result: JoinResult, attempt: Attempt | undefined): void {
		if (result.joined) {
			const { sponsor: id, sponsorKey: key, address } = result;
			this.#done({ identity: result.identity, sponsor: { id, ...(key && { key }), address } });
		} else if ("homes" in result) this.choose(result.homes, attempt);
		else if (result.refusal === "name" && !result.isSpent && attempt !== undefined) {
			this.sayLast(`Not joined: ${result.text}.`);
			const anew = (name: string) =>
				this.join({ ...attempt, profile: { ...attempt.profile, name }, identity: undefined });
			askName(this.#options.questions, anew, () => this.ask({}));
		} else if (attempt?.isConfigured && result.isKept && !isVerdict(result.refusal)) {
			// The home has shown that it knows the password: nobody has tested a guess, whatever hindered it then.
			this.again(this.textOf(result), attempt);
		} else if (result.isSpent || result.refusal === "password" || result.refusal === "name") {
			this.askAnew(attempt, `Not joined: ${this.textOf(result)}.`, result.refusal);
		} else this.again(this.textOf(result), attempt);
	}

	/** Where nobody answers: who was asked, and whether it may be that nobody was. */
	private textOf({ refusal, text }: { readonly refusal: Refusal; readonly text: string }): string {
		if (refusal !== "no home") return text;
		const { given, sendFault } = this.#options;
		const asked = given.length === 0 ? "" : ` at ${given.map(addressText).join(", ")}`;
		return `${text}${asked}${unsentText(sendFault())}`;
	}

	/** Several homes: a person says which, or the configuration. */
	private choose(homes: readonly HeardHome[], attempt: Attempt | undefined): void {
		const { screen, questions } = this.#options;
		if (attempt?.isConfigured !== false) {
			this.again(`more than one home answers (${homeIds(homes)}): set home= to the id of yours`, attempt);
			return;
		}
		const chosen = (home: Uint8Array) => this.join({ ...attempt, home });
		askHome({ screen, questions }, homes, chosen, () => this.askAnew(attempt, undefined));
	}

	/** Nobody has tested a guess: the same is tried again by itself. */
	private again(text: string, attempt: Attempt | undefined): void {
		this.#repeats.tell(`Not joined: ${text}. Trying again in ${pause / 1000} seconds.`);
		this.#options.clock.after(pause, () => this.retry(attempt));
	}

	/** With the identity that was stored before the home was asked, where it came that far. */
	private retry(attempt: Attempt | undefined): void {
		const { joining, given, store } = this.#options;
		const identity = this.stored();
		if (identity !== undefined && this.resumes(identity)) {
			const places = { given, known: keptAddresses(store) };
			this.search(() => joining.resume(identity, places, result => this.settle(result, attempt)));
		} else if (attempt !== undefined) this.join({ ...attempt, identity });
		else this.ask({});
	}

	/** From here on a person must type, or press the button for what is configured; `text` says why. */
	private askAnew(attempt: Attempt | undefined, text: string | undefined, refusal?: Refusal): void {
		const { questions, refuse, hasButton } = this.#options;
		if (refuse !== undefined && !(hasButton && attempt?.isConfigured)) {
			refuse(`${text ?? "Not joined."} It is tried again when the answers change.`);
			return;
		}
		if (text !== undefined) this.say(text);
		const identity = this.stored();
		const { name, type } = attempt?.profile ?? identity ?? {};
		if (name === undefined || type === undefined) {
			this.ask({});
			return;
		}
		if (attempt?.isConfigured === true) {
			const orType = refuse === undefined ? ", or type:" : ".";
			this.say(`Change what is configured, press the button to try it once more${orType}`);
			this.#onPress = () => this.join({ ...attempt, identity });
		}
		if (refuse !== undefined) return;
		// A node that the home may know by its key goes on with it, and what is configured stays: there is nothing to go back to.
		const isFixed = identity !== undefined || attempt?.isConfigured === true;
		const first = isFixed ? null : () => this.ask({});
		const left = isFixed ? () => this.askAnew(attempt, undefined, refusal) : first;
		const done = (name: string, password: string, pin: string) => {
			this.#onPress = undefined;
			this.tryTyped({ name, type, password, pin }, identity);
		};
		if (refusal === "name") {
			const named = (name: string) =>
				askPassword(questions, (...secrets) => done(name, ...secrets), left, left);
			askName(questions, named, first);
		} else askPassword(questions, (...secrets) => done(name, ...secrets), first, left);
	}

	private stored(): Identity | undefined {
		try {
			return loadIdentity(this.#options.store);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.say(error.message);
			return undefined;
		}
	}

	/** Where nobody types that was the last word: what would have to be said is not known. */
	private sayLast(text: string): void {
		const { refuse } = this.#options;
		if (refuse === undefined) this.say(text);
		else refuse(text);
	}

	private say(text: string): void {
		this.#options.screen.line(text);
	}
}

/** Whether the home has said that it is not to be asked again for the same. */
function isVerdict(refusal: Refusal): boolean {
	return refusal === "password" || refusal === "name" || refusal === "removed";
}

/** As Crockford's base 32 reads what people write: O is 0, I and L are 1. */
function plainLetters(text: string): string {
	return text.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
}
