import type { Chain } from "../chain/chain.js";
import { actions, deviceTypes, typeName } from "../devices/devices.js";
import { commands, isCommand } from "./commands.js";

/** How a line can go on. */
export interface Completion {
	/** The line, as far as there is but one way to go on. */
	readonly text: string;
	/** The next words that there are. */
	readonly choices: readonly string[];
}

type Members = Chain["members"];

/** Commands that are for several at once. */
const groupCommands: readonly string[] = Object.freeze(["task", "watch"]);

/**
 * By the commands' usage: WHO, ACTION and what else stands there is what a person may put in its place. `has`: whether this
 * machine has a command.
 */
export function completion(typed: string, members: Members, has = (_command: string) => true): Completion {
	const line = typed.trimStart();
	const end = line.indexOf(" ");
	const found = new Found();
	if (end < 0) {
		const names = Object.entries(commands).filter(([name]) => has(name));
		const words = names.map(([name, { usage }]) => (usage === name ? name : `${name} `));
		found.search(line, [words], "");
	} else {
		const name = line.slice(0, end).toLowerCase();
		if (!isCommand(name)) return { text: typed, choices: [] };
		const [, ...places] = commands[name].usage.split(" ");
		const words = places.map(place => wordsFor(place, groupCommands.includes(name), members));
		found.search(line.slice(end).trimStart(), words, `${name} `);
	}
	const { choices, text } = found;
	return { text: text.length > line.length ? text : typed, choices };
}

function wordsFor(place: string, isForGroups: boolean, members: Members): readonly string[] {
	if (place === "OLD" || place === "NEW") return labels(members);
	if (place === "WHO") return isForGroups ? [...labels(members), ...deviceTypes, "all"] : labels(members);
	if (place === "LOCK") return [...labels(members, "lock"), "all"];
	if (place === "ACTION") return actions;
	if (place === "[COMMAND]") return Object.keys(commands);
	return /^[a-z]/.test(place) ? [place] : [];
}

/** What members are called, all of them or those of a type. */
function labels({ directory, roster }: Members, type?: string): string[] {
	const found: string[] = [];
	for (const member of roster)
		if (type === undefined || typeName(member.type) === type) found.push(directory.label(member));
	return found;
}

/** What begins as that which was typed. */
class Found {
	readonly choices: string[] = [];
	#text: string | undefined;

	/** What all of it begins with. */
	get text(): string {
		return this.#text ?? "";
	}

	/** `words`: for each place what may stand there, spaces included. `before`: what stands before the first. */
	search(typed: string, [words, ...rest]: readonly (readonly string[])[], before: string): void {
		for (const word of words ?? []) {
			if (begins(word, typed)) this.add(word, `${before}${word}${rest.length > 0 ? " " : ""}`);
			else if (begins(typed, `${word} `))
				this.search(typed.slice(word.length + 1).trimStart(), rest, `${before}${word} `);
		}
	}

	private add(word: string, text: string): void {
		this.choices.push(word.trimEnd());
		if (this.#text === undefined) this.#text = text;
		while (!begins(text, this.#text)) this.#text = [...this.#text].slice(0, -1).join("");
	}
}

/** Whether a text has that beginning, in small letters or capitals. */
function begins(text: string, beginning: string): boolean {
	return text.slice(0, beginning.length).toLowerCase() === beginning.toLowerCase();
}
