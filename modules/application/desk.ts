import {
	type Console,
	joinWifi,
	Questions,
	Repeats,
	Screen,
	Unasked,
	type WifiMachine
} from "../console/console.js";
import type { Guard } from "./guard.js";
import type { Host, TerminalEvents } from "./host.js";

/** Most lines kept that were typed ahead. */
const earlyLimit = 16;

export interface DeskOwner extends WifiMachine {
	/** A question was answered. */
	answered(): void;
	/** Nobody types any more. */
	quit(): void;
}

export interface DeskOptions {
	readonly host: Host;
	readonly guard: Guard;
	readonly owner: DeskOwner;
	/** Where nobody sits there: told what would have to be asked. */
	readonly refuse?: (reason: string) => void;
}

/** Where a person sits: shows them what happens, and takes what they type to where it belongs. */
export class Desk implements TerminalEvents {
	readonly screen: Screen;
	readonly questions: Questions;
	readonly #guard: Guard;
	readonly #owner: DeskOwner;
	readonly #clock: Host["clock"];
	/** What was typed ahead, and when. */
	readonly #early: { readonly line: string | null; readonly at: number }[] = [];
	readonly #repeats: Repeats;
	#console: Console | undefined;

	/** Opens the host's terminal. */
	constructor({ host, guard, owner, refuse }: DeskOptions) {
		this.#guard = guard;
		this.#clock = host.clock;
		this.#owner = owner;
		this.#repeats = new Repeats(host.clock, text => this.report(text));
		this.screen = new Screen(host.openTerminal(this));
		this.questions = refuse === undefined ? new Questions(this.screen) : new Unasked(this.screen, refuse);
	}

	/** Something happened that a person should see. */
	report(text: string): void {
		this.screen.line(`* ${text}`);
	}

	/** The same with what comes over and over, as long as something does not work: whatever it names, it is the same. */
	reportAgain(text: string): void {
		this.#repeats.tell(text, text.replace(/"[^"]*"/g, ""));
	}

	/** From now on what is typed is a command, and what was typed ahead as well: that may have been an hour ago. */
	take(console: Console): void {
		this.#console = console;
		this.takeEarly();
	}

	/** Not as the answer to what was asked after it was typed. */
	private takeEarly(): void {
		if (this.#console === undefined || this.questions.isAsking) return;
		for (const { line, at } of this.#early.splice(0)) this.typed(line, this.#clock.now() - at);
	}

	onLine(line: string | null): void {
		this.#guard.run("a line", () => {
			if (!this.questions.drops()) this.typed(line, this.#guard.standstill());
		});
	}

	/** ctrl-C: leaves the question under way, with nothing changed. Whether there was one that can be left. */
	leave(): boolean {
		let isLeft = false;
		this.#guard.run("a question that is left", () => {
			isLeft = this.questions.drops();
			if (isLeft || !this.questions.leave()) return;
			isLeft = true;
			this.#owner.answered();
			this.takeEarly();
		});
		return isLeft;
	}

	onEnd(): void {
		this.#guard.run("the end of the input", () => {
			this.#console?.finish();
			this.#owner.quit();
		});
	}

	/** Neither an answer nor a line in which the password of a Wi-Fi may stand comes back. */
	keeps(line: string): boolean {
		return !this.questions.isPrivate && !/^wifi./i.test(line.trimStart());
	}

	/** Shows what there is to choose from where nothing can be added. */
	complete(typed: string): string | undefined {
		if (this.#console === undefined || this.questions.isPrivate) return undefined;
		let completed: string | undefined;
		this.#guard.run("a key", () => {
			const { text, choices } = this.#console?.complete(typed) ?? { text: typed, choices: [] };
			if (text === typed && choices.length > 1) this.screen.whole(choices.join("  "));
			completed = text;
		});
		return completed;
	}

	/** `age`: milliseconds for which it may have waited. */
	private typed(line: string | null, age: number): void {
		if (this.questions.isAsking) {
			this.questions.answer(line);
			this.#owner.answered();
			this.takeEarly();
		} else if (this.#console !== undefined) this.#console.execute(line, age);
		else if (line !== null && /^wifi(\s|$)/i.test(line.trim())) this.wifi(line.trim().slice(4).trim());
		else if (this.#early.length < earlyLimit) this.#early.push({ line, at: this.#clock.now() });
		else this.screen.line("That is not kept: too much was typed ahead.");
	}

	/** Possible while the node is still joining: it may be that it cannot because of the network. */
	private wifi(rest: string): void {
		const { screen, questions } = this;
		joinWifi({ screen, questions, machine: this.#owner }, rest);
	}
}
