import type { Clock } from "../clock/clock.js";
import type { Questions } from "./questions.js";

/** Milliseconds in which nobody reads a question and types its answer: what comes earlier was typed before it. */
const reading = 1_000;

/**
 * Asks whether all that the node keeps is to be wiped: by a word that answers no other question. `clock`: where the question comes
 * by itself, and not of what a person has just typed; what was typed ahead, or waits in a pipe, is then no answer to it.
 */
export function askWipe(
	options: { questions: Questions; text: string; clock?: Clock | undefined },
	done: (isWiped: boolean) => void
): void {
	const { questions, text, clock } = options;
	let isRead = clock === undefined;
	clock?.after(reading, () => {
		isRead = true;
	});
	const fault = (answer: string) => {
		if (/^no?$/i.test(answer)) return undefined;
		if (!/^wipe$/i.test(answer)) return "answer wipe or no";
		return isRead ? undefined : "that was typed before the question was there";
	};
	const wipes = (answer: string) => done(/^wipe$/i.test(answer));
	questions.ask({ text: `${text} Type wipe, or no:`, fault }, wipes, () => done(false));
}
