import type { Clock } from "../clock/clock.js";
import { askWipe, type Questions, type Screen } from "../console/console.js";
import { identityName } from "../node/node.js";
import { type Store, StoreError } from "../store/store.js";

export interface DamageOptions {
	readonly screen: Screen;
	readonly questions: Questions;
	readonly store: Store;
	readonly clock: Clock;
	/** The person has answered; with whether everything was to be wiped. */
	readonly done: (isWiped: boolean) => void;
}

/** The identity cannot be read: the node must neither pretend to be new nor run as nobody, so a person decides. */
export function askAboutDamage(options: DamageOptions, error: unknown): void {
	const { screen, questions, store, clock, done } = options;
	const text = error instanceof Error ? error.message : String(error);
	screen.line(`This node cannot start: ${text}.`);
	askWipe({ questions, text: "Wipe everything and set the node up anew?", clock }, isWiped => {
		try {
			if (isWiped) store.wipe(identityName);
			screen.line(isWiped ? "Wiped. Start again." : "Nothing was changed.");
		} catch (fault) {
			if (!(fault instanceof StoreError)) throw fault;
			screen.line(fault.message);
		}
		done(isWiped);
	});
}
