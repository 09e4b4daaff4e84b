import { deviceTypes, typeNumber } from "../devices/devices.js";
import { nameFault } from "../names/names.js";
import { type Profile, passwordFault, pinFault } from "../node/node.js";
import type { Question, Questions } from "./questions.js";

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
	fault: nameFault
});

const typeQuestion = Object.freeze<Question>({
	text: `Type (${deviceTypes.join(", ")}):`,
	fault: answer =>
		typeNumber(answer.toLowerCase()) === undefined ? `the types are ${deviceTypes.join(", ")}` : undefined
});

const passwordQuestion = Object.freeze<Question>({
	text: "Password of the home (at least 8 characters):",
	isSecret: true,
	fault: passwordFault
});

const pinQuestion = Object.freeze<Question>({
	text: "PIN (4 to 8 digits):",
	isSecret: true,
	fault: pinFault
});

const messageQuestion = Object.freeze<Question>({
	text: "Genesis message (any words to begin the chain with):",
	fault: answer => (answer === "" || answer.length > 200 ? "1 to 200 characters" : undefined)
});

/** Asks everything, a line each, except for what is given and will do. */
export function askAll(questions: Questions, given: GivenAnswers, done: (answers: Answers) => void): void {
	const askRest = (isFirst: boolean) => {
		questions.askUnless(given.name, nameQuestion, name => {
			questions.askUnless(given.type, typeQuestion, typeText => {
				const type = typeNumber(typeText.toLowerCase()) ?? 0;
				questions.askUnless(given.password, passwordQuestion, password => {
					questions.askUnless(given.pin, pinQuestion, pin => {
						const profile = { name, type, password, pin };
						if (!isFirst) done({ profile, genesisMessage: undefined });
						else {
							questions.askUnless(given.genesisMessage, messageQuestion, genesisMessage =>
								done({ profile, genesisMessage })
							);
						}
					});
				});
			});
		});
	};
	if (given.genesisMessage !== undefined) askRest(true);
	else if (given.password !== undefined) askRest(false);
	else questions.confirm("Is this the first node of a new home?", askRest);
}

/** Asks for password and PIN alone: the ones before were wrong. */
export function askPassword(questions: Questions, done: (password: string, pin: string) => void): void {
	questions.ask(passwordQuestion, password => {
		questions.ask(pinQuestion, pin => done(password, pin));
	});
}

/** Asks for a name alone: the one before was taken. */
export function askName(questions: Questions, done: (name: string) => void): void {
	questions.ask(nameQuestion, done);
}
