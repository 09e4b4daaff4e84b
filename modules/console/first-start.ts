import type { Clock } from "../clock/clock.js";
import {
	type Address,
	type Founded,
	found,
	type Identity,
	type Joining,
	type JoinResult,
	keptAddresses,
	loadIdentity,
	type Profile,
	type Suite,
	suiteOf
} from "../node/node.js";
import { type Store, StoreError } from "../store/store.js";
import type { Questions } from "./questions.js";
import type { Screen } from "./screen.js";
import { askAll, askName, askPassword, type GivenAnswers } from "./setup.js";

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
}

/** How this node came by its identity: `sponsor` is whom to fetch the chain from. */
export interface Beginning {
	readonly identity: Identity;
	/** Whether the home was founded here just now. */
	readonly isFounded?: boolean;
	readonly sponsor?: { readonly id: string; readonly key?: Uint8Array; readonly address: Address };
}

/** From a new device to a member: asks a person, founds a home or joins one, and says what happens. */
export class FirstStart {
	readonly #options: FirstStartOptions;
	readonly #done: (beginning: Beginning) => void;
	/** What waits for the network. */
	#waiting: (() => void) | undefined;

	constructor(options: FirstStartOptions, done: (beginning: Beginning) => void) {
		this.#options = options;
		this.#done = done;
	}

	/** Begins with the questions. */
	begin(): void {
		this.#ask(this.#options.answers);
	}

	/** The network is there. */
	online(): void {
		const search = this.#waiting;
		this.#waiting = undefined;
		search?.();
	}

	/** Looks for a home now, or as soon as there is a network. */
	#search(search: () => void): void {
		if (this.#options.isOnline()) {
			search();
			return;
		}
		this.#say("There is no network yet. Joining as soon as it is there.");
		this.#waiting = search;
	}

	#ask(given: GivenAnswers): void {
		askAll(this.#options.questions, given, ({ profile, genesisMessage }) => {
			if (genesisMessage === undefined) this.#join(profile);
			else this.#found(profile, genesisMessage);
		});
	}

	/** Goes on where a join was cut off; asks for the password where the suite takes it to go on. */
	resume(identity: Identity, profile?: Profile): void {
		const { joining, questions, suites, given: configured, store } = this.#options;
		const given = [...configured, ...keptAddresses(store)];
		if (suiteOf(suites, identity.suite).resumes) {
			this.#search(() => joining.resume(identity, given, result => this.#settle(result, profile)));
		} else if (profile !== undefined) {
			this.#search(() => joining.join(profile, given, identity, result => this.#settle(result, profile)));
		} else {
			askPassword(questions, (password, pin) => {
				const { name, type } = identity;
				this.resume(identity, { name, type, password, pin });
			});
		}
	}

	#found(profile: Profile, message: string): void {
		const { clock, random, store, time, suite, rounds } = this.#options;
		const founded = ({ identity, recoveryKey }: Founded) => {
			this.#say("Recovery key, shown only now; write it down and keep it safe:");
			this.#say(recoveryKey);
			this.#done({ identity, isFounded: true });
		};
		const failed = (error: unknown) => {
			this.#say(`The home could not be founded: ${error instanceof Error ? error.message : error}`);
			this.#ask({});
		};
		found({ clock, random, store, time: time(), profile, message, suite, rounds }, founded, failed);
	}

	#join(profile: Profile): void {
		const { joining, given } = this.#options;
		this.#search(() => joining.join(profile, given, undefined, result => this.#settle(result, profile)));
	}

	#settle(result: JoinResult, profile: Profile | undefined): void {
		const { questions, clock } = this.#options;
		if (result.joined) {
			const { sponsor: id, sponsorKey: key, address } = result;
			this.#done({ identity: result.identity, sponsor: { id, ...(key && { key }), address } });
			return;
		}
		if (result.refusal !== "password" && result.refusal !== "name") {
			this.#say(`Not joined: ${result.text}. Trying again in ${pause / 1000} seconds.`);
			clock.after(pause, () => this.#again(profile));
			return;
		}
		this.#say(`Not joined: ${result.text}.`);
		if (profile === undefined) this.#ask({});
		else if (result.refusal === "name") askName(questions, name => this.#join({ ...profile, name }));
		else askPassword(questions, (password, pin) => this.#join({ ...profile, password, pin }));
	}

	/** With the identity that was stored before the home was asked, where it came that far. */
	#again(profile: Profile | undefined): void {
		let stored: Identity | undefined;
		try {
			stored = loadIdentity(this.#options.store);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#say(error.message);
		}
		if (stored !== undefined) this.resume(stored, profile);
		else if (profile !== undefined) this.#join(profile);
		else this.#ask({});
	}

	#say(text: string): void {
		this.#options.screen.line(text);
	}
}
