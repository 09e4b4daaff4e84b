import { deviceTypes, typeNumber } from "../devices/devices.js";
import { nameFault } from "../names/names.js";
import { chosenPasswordFault, type Profile, passwordFault, pinFault } from "../node/node.js";
import type { Left, Question, Questions } from "./questions.js";

/** What a person says at first start. */
export interface Answers {
	readonly profile: Profile;
	/** The genesis message when this is the first node of a new home, else undefined. */
	readonly genesisMessage: string | undefined;
}

/** Answers that were given beforehand, by configuration: what there is of them is not asked. */
export interface GivenAnswers {
	readonly name?: string | undefined;
	readonly type?: string | undefined;
	readonly password?: string | undefined;
	readonly pin?: string | undefined;
	/** The id of the home to join, 16 hexadecimal digits. */
	readonly home?: string | undefined;
	/** Makes this the first node of a new home. */
	readonly genesisMessage?: string | undefined;
}

const nameQuestion = Object.freeze<Question>({
	text: "Name of this node:",
	setting: "name",
	fault: nameFault
});

const typeQuestion = Object.freeze<Question>({
	text: `Type (${deviceTypes.join(", ")}):`,
	setting: "type",
	fault: answer =>
		typeNumber(answer.toLowerCase()) === undefined ? `the types are ${deviceTypes.join(", ")}` : undefined
});

const passwordQuestion = Object.freeze<Question>({
	text: "Password of the home (at least 8 characters):",
	setting: "homePassword",
	isFileOnly: true,
	isSecret: true,
	fault: passwordFault
});

/** Where it is chosen, not shown to a home that has one. */
const newPasswordQuestion = Object.freeze<Question>({ ...passwordQuestion, fault: chosenPasswordFault });

const pinQuestion = Object.freeze<Question>({
	text: "PIN (4 to 8 digits):",
	setting: "homePin",
	isFileOnly: true,
	isSecret: true,
	fault: pinFault
});

/** What a new secret is asked by, once more, and after two that differ. */
interface Twice {
	readonly first: Question;
	readonly again: Question;
	readonly unlike: Question;
}

const newPassword = twice(newPasswordQuestion, "password");
const newPin = twice(pinQuestion, "PIN");

function twice(first: Question, word: string): Twice {
	const again: Question = {
		text: `The same ${word} once more:`,
		isSecret: true,
		fault: answer => (answer === "" ? `the same ${word}` : undefined)
	};
	const unlike: Question = { ...first, text: `These were not the same. ${first.text}` };
	return Object.freeze({ first, again: Object.freeze(again), unlike: Object.freeze(unlike) });
}

const messageQuestion = Object.freeze<Question>({
	text: "Genesis message (any words to begin the chain with):",
	setting: "genesis",
	isFileOnly: true,
	fault: answer => (answer === "" || answer.length > 200 ? "1 to 200 characters" : undefined)
});

export interface SetupOptions {
	readonly questions: Questions;
	readonly given: GivenAnswers;
	readonly done: (answers: Answers) => void;
	/** A person has left one of the questions, and what was answered is forgotten. */
	readonly left: () => void;
}

/** Asks everything, a line each, except for what is given and will do. */
export class Setup {
	readonly #options: SetupOptions;
	/** Whether a person has answered something: there is something to leave. */
	#isBegun = false;

	constructor(options: SetupOptions) {
		this.#options = options;
	}

	begin(): void {
		const { questions, given } = this.#options;
		if (given.genesisMessage !== undefined) this.askAll(true);
		else if (given.password !== undefined) this.askAll(false);
		else {
			const askAll = (isFirst: boolean) => this.askAll(isFirst);
			const instead =
				"homePassword is missing: put homePassword=..., homePin=... and, to found a home, genesis=... into the --answers FILE";
			questions.confirm("Is this the first node of a new home?", askAll, this.left, instead);
		}
	}

	private askAll(isFirst: boolean): void {
		const { given, done } = this.#options;
		this.ask(given.name, nameQuestion, name => {
			this.ask(given.type, typeQuestion, typeText => {
				const type = typeNumber(typeText.toLowerCase()) ?? 0;
				this.askPassword(isFirst, password => {
					this.askPin(isFirst, pin => {
						const profile = { name, type, password, pin };
						if (!isFirst) done({ profile, genesisMessage: undefined });
						else {
							this.ask(given.genesisMessage, messageQuestion, genesisMessage =>
								done({ profile, genesisMessage })
							);
						}
					});
				});
			});
		});
	}

	/** Who founds a home types it twice: nobody could tell afterwards what was hit by mistake. */
	private askPassword(isFirst: boolean, done: (password: string) => void): void {
		const { password } = this.#options.given;
		if (!isFirst) this.ask(password, passwordQuestion, done);
		else this.askTwice(password, newPassword, done);
	}

	private askPin(isFirst: boolean, done: (pin: string) => void): void {
		const { pin } = this.#options.given;
		if (isFirst) this.askTwice(pin, newPin, done);
		else this.ask(pin, pinQuestion, done);
	}

	private askTwice(given: string | undefined, asked: Twice, done: (secret: string) => void): void {
		if (given !== undefined && asked.first.fault?.(given) === undefined) done(given);
		else askTwice(this.#options.questions, asked, done, this.left, given);
	}

	private ask(given: string | undefined, question: Question, done: (answer: string) => void): void {
		this.#options.questions.askUnless(given, question, done, this.left);
	}

	/** The first question of all cannot be left: there is nothing before it. */
	private get left(): Left {
		if (this.#isBegun) return this.#options.left;
		this.#isBegun = true;
		return null;
	}
}

/** Asks for password and PIN alone: the ones before were wrong. */
export function askPassword(
	questions: Questions,
	done: (password: string, pin: string) => void,
	left: Left,
	leftPin: Left
): void {
	questions.ask(passwordQuestion, password => askPin(questions, password, done, leftPin), left);
}

/** Asks for a new password and PIN of a home, each twice. */
export function askNewPassword(questions: Questions, done: (password: string, pin: string) => void): void {
	askTwice(questions, newPassword, password => askTwice(questions, newPin, pin => done(password, pin)));
}

/** Asks for a secret until it was typed twice the same. `given`: what was configured, which will not do. */
function askTwice(
	questions: Questions,
	asked: Twice,
	done: (secret: string) => void,
	left?: Left,
	given?: string
): void {
	const again = (secret: string) =>
		questions.ask(
			asked.again,
			repeated => {
				if (repeated === secret) done(secret);
				else questions.ask(asked.unlike, again, left);
			},
			left
		);
	questions.askUnless(given, asked.first, again, left);
}

function askPin(
	questions: Questions,
	password: string,
	done: (password: string, pin: string) => void,
	left?: Left
): void {
	questions.ask(pinQuestion, pin => done(password, pin), left);
}

/** Asks for a name alone: the one before was taken. */
export function askName(questions: Questions, done: (name: string) => void, left: Left): void {
	questions.ask(nameQuestion, done, left);
}
