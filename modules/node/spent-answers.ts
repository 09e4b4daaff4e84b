import { concat, encodeUtf8, equalBytes } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import { type Store, StoreError } from "../store/store.js";
import { stretch } from "./identity.js";

/** The name under which is kept which configured answers were tried. */
export const spentName = "spent";

const saltLength = 16;
const tagLength = 2;
/** Rounds of PBKDF2 for the tag. */
const rounds = 4096;

/** Configured answers that are about to be tried. */
export interface Spendable {
	/** Whether these very answers were tried before, also before a restart. */
	readonly isSpent: boolean;
	/** Keeps that they are. Throws a StoreError. */
	spend(): void;
}

export interface SpentAnswersOptions {
	readonly store: Store;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
}

/**
 * Remembers over restarts which configured answers were tried, so that nobody gets a guess at the password for each time
 * that the device is switched off and on.
 *
 * What is kept must not be a way to guess: a salted hash would let who reads the flash try passwords and PINs as fast as
 * he can compute. So it is the first 16 bits of PBKDF2-HMAC-SHA-256 over all answers, under a salt of this device: one in
 * 65,536 of all wrong guesses fits as well, and each try costs what a try at the home's own record costs. Other answers
 * are taken for the old ones once in 65,536 changes, which costs a person a press. It is forgotten when the home has
 * confirmed this node.
 */
export class SpentAnswers {
	readonly #options: SpentAnswersOptions;

	constructor(options: SpentAnswersOptions) {
		this.#options = options;
	}

	/** Looks at answers, in their order. Many turns of the loop. */
	look(answers: readonly string[], done: (spendable: Spendable) => void): void {
		const { store, clock, random } = this.#options;
		let kept: Uint8Array | undefined;
		let isDamaged = false;
		try {
			kept = store.get(spentName);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			isDamaged = true;
		}
		const isWhole = kept?.length === saltLength + tagLength;
		// Who can damage the flash must not get another guess by it.
		if (kept !== undefined && !isWhole) isDamaged = true;
		const salt = kept !== undefined && isWhole ? kept.slice(0, saltLength) : random(saltLength);
		stretch({ clock, password: bytesOf(answers), salt, rounds, length: 32 }, stretched => {
			const record = concat(salt, stretched.subarray(0, tagLength));
			stretched.fill(0);
			const isSpent = isDamaged || (kept !== undefined && equalBytes(kept, record));
			done({ isSpent, spend: () => store.set(spentName, record) });
		});
	}

	/** The home has confirmed this node: nothing is to be remembered any more. */
	static forget({ store, report }: { store: Store; report: (text: string) => void }): void {
		try {
			if (store.get(spentName) !== undefined) store.delete(spentName);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}

/** Each answer after its length: no two lists give the same bytes. */
function bytesOf(answers: readonly string[]): Uint8Array {
	return concat(
		...answers.flatMap(answer => {
			const text = encodeUtf8(answer);
			const length = new Uint8Array(4);
			new DataView(length.buffer).setUint32(0, text.length);
			return [length, text];
		})
	);
}
