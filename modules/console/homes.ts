import { fromHex, toHex } from "../bytes/bytes.js";
import { isHomeIdText } from "../chain/chain.js";
import { addressText, type HeardHome } from "../node/node.js";
import type { Question, Questions } from "./questions.js";
import type { Screen } from "./screen.js";

export interface AskHomeOptions {
	readonly screen: Screen;
	readonly questions: Questions;
}

/**
 * Shows the homes that were heard of and asks which it is. All of it is what somebody says in the clear, so that nothing is
 * shown but ids and addresses, and the person is told.
 */
export function askHome(
	{ screen, questions }: AskHomeOptions,
	homes: readonly HeardHome[],
	done: (home: Uint8Array) => void,
	left: () => void
): void {
	screen.line("More than one home answers. This is what they say of themselves, and anyone can say it:");
	for (const [index, home] of homes.entries()) screen.line(`${index + 1}  ${homeLine(home)}`);
	const chosen = (answer: string) =>
		isHomeIdText(answer.toLowerCase()) ? fromHex(answer.toLowerCase()) : homes[Number(answer) - 1]?.home;
	const question: Question = {
		text: 'Which is yours? Its number, or its id, which "status" shows on a node of your home:',
		fault: answer =>
			chosen(answer) === undefined ? `a number from 1 to ${homes.length}, or an id` : undefined
	};
	const answered = (answer: string) => {
		const home = chosen(answer);
		if (home !== undefined) done(home);
	};
	questions.ask(question, answered, left);
}

/** The ids of homes, in a line. */
export function homeIds(homes: readonly HeardHome[]): string {
	return homes.map(({ home }) => toHex(home)).join(", ");
}

function homeLine({ home, sightings }: HeardHome): string {
	const [first, ...others] = sightings;
	const who = first === undefined ? "" : `at ${addressText(first.address)}`;
	const more = others.length === 0 ? "" : ` and ${others.length} more`;
	const isInviting = sightings.some(({ announcement }) => announcement.isInviting);
	return `${toHex(home)}  ${who}${more}${isInviting ? ", inviting" : ""}`;
}
