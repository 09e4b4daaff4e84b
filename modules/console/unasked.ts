import { type Question, Questions } from "./questions.js";
import type { Screen } from "./screen.js";

/** Questions where nobody types: what is not given beforehand, or will not do, is the reason why there is no answer. */
export class Unasked extends Questions {
	readonly #refuse: (reason: string) => void;

	/** `refuse`: called in place of a question; no answer comes. */
	constructor(screen: Screen, refuse: (reason: string) => void) {
		super(screen);
		this.#refuse = refuse;
	}

	override ask({ text, setting, isFileOnly, instead }: Question): void {
		if (setting === undefined) {
			this.#refuse(instead ?? `nobody answers "${text}"`);
			return;
		}
		const place = isFileOnly ? "" : `, or say --set ${setting}=...`;
		this.#refuse(`${setting} is missing: put a line ${setting}=... into the --answers FILE${place}`);
	}

	override askUnless(given: string | undefined, question: Question, done: (answer: string) => void): void {
		const fault = given === undefined ? undefined : question.fault?.(given);
		if (given !== undefined && fault === undefined) done(given);
		else if (fault === undefined) this.ask(question);
		else this.#refuse(`${question.setting} will not do: ${fault}`);
	}
}
