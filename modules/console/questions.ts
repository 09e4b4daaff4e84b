import type { Screen } from "./screen.js";

export interface Question {
	readonly text: string;
	/** Typed without showing. */
	readonly isSecret?: boolean;
	/** The setting that answers it. */
	readonly setting?: string;
	/** Whether a file of answers alone may give that setting: others can read a command line. */
	readonly isFileOnly?: boolean;
	/** What is missing where nobody types, when no one setting answers it. */
	readonly instead?: string;
	/** Why an answer will not do, or undefined. */
	fault?(answer: string): string | undefined;
}

/** What follows when a question is left; null where it cannot be: there is nothing to go back to. */
export type Left = (() => void) | null;

interface Asked {
	readonly question: Question;
	readonly done: (answer: string) => void;
	readonly left: Left;
}

/**
 * Asks a person one thing at a time, again until the answer will do. What comes up while an answer is typed is asked after
 * it, and after what follows from it: a secret that is half typed must not become the answer to something else, nor show.
 */
export class Questions {
	readonly #screen: Screen;
	#asked: Asked | undefined;
	readonly #waiting: Asked[] = [];
	/** Whether a question was withdrawn while an answer may have been half typed. */
	#isCut = false;

	constructor(screen: Screen) {
		this.#screen = screen;
	}

	/** Whether the next line is an answer. */
	get isAsking(): boolean {
		return this.#asked !== undefined;
	}

	/** Whether the next line is an answer, or the rest of one: nobody else's business. */
	get isPrivate(): boolean {
		return this.#asked !== undefined || this.#isCut;
	}

	/** Who leaves it, by an empty line where that is no answer or by `leave`, is told that nothing has changed. */
	ask(question: Question, done: (answer: string) => void, left: Left = nothing): void {
		const asked = { question, done, left };
		// What follows from an answer does not wait for what came up while that was typed.
		if (this.#asked === undefined) this.show(asked);
		else this.#waiting.push(asked);
	}

	private show(asked: Asked): void {
		this.#asked = asked;
		const { text, isSecret } = asked.question;
		this.#screen.whole(text);
		if (isSecret) {
			this.#screen.echo = false;
			// The rest of a line is no more than a wrong one then, and does not show.
			this.#isCut = false;
		} else if (!this.#isCut) this.#screen.echo = true;
	}

	/** Waits for no answer any more. What is half typed of one neither shows nor is taken for anything else: see `drops`. */
	withdraw(): void {
		this.#waiting.length = 0;
		this.#isCut ||= this.#asked !== undefined;
		this.#asked = undefined;
	}

	/** To be called for each line that is typed: whether it is the rest of what answered a question that was withdrawn. */
	drops(): boolean {
		if (!this.#isCut) return false;
		this.#isCut = false;
		this.#screen.echo = true;
		this.#screen.line("What was being typed when the button was pressed is not taken; once more:");
		return true;
	}

	/** Takes an answer that was given beforehand where it will do, and asks otherwise. */
	askUnless(
		given: string | undefined,
		question: Question,
		done: (answer: string) => void,
		left: Left = nothing
	): void {
		if (given === undefined) {
			this.ask(question, done, left);
			return;
		}
		const fault = question.fault?.(given);
		if (fault === undefined) {
			done(given);
			return;
		}
		this.#screen.line(`What is configured will not do: ${fault}.`);
		this.ask(question, done, left);
	}

	/** Asks for yes or no. */
	confirm(text: string, done: (yes: boolean) => void, left: Left = nothing, instead?: string): void {
		const question: Question = {
			...(instead !== undefined && { instead }),
			text: `${text} (y/n)`,
			fault: answer => (/^(y|yes|n|no)$/i.test(answer) ? undefined : "answer y or n")
		};
		this.ask(question, answer => done(/^y/i.test(answer)), left);
	}

	/** Leaves the question under way, with nothing changed. Whether there was one that can be left. */
	leave(): boolean {
		const asked = this.#asked;
		if (asked === undefined || asked.left === null) return false;
		const { left } = asked;
		this.#screen.line("Left as it was.");
		this.end(left);
		return true;
	}

	/** A line that was typed; null for one that is no text. */
	answer(line: string | null): void {
		const asked = this.#asked;
		if (asked === undefined) return;
		const { question, done } = asked;
		// A password keeps its spaces; elsewhere they are slips.
		const answer = line === null || question.isSecret ? line : line.trim();
		const fault = answer === null ? "that is too long, or not UTF-8" : question.fault?.(answer);
		if (answer === "" && fault !== undefined && this.leave()) return;
		if (answer === null || fault !== undefined) {
			this.#screen.line(fault?.endsWith("?") ? `${fault} Once more:` : `${fault}; once more:`);
			return;
		}
		this.end(() => done(answer));
	}

	/** The question is over; then comes what follows from that, then what waits. */
	private end(follow: () => void): void {
		this.#asked = undefined;
		this.#screen.echo = true;
		try {
			follow();
		} finally {
			const next = this.#asked === undefined ? this.#waiting.shift() : undefined;
			if (next !== undefined) this.show(next);
		}
	}
}

function nothing(): void {}
