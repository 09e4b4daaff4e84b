/** For whom a turn of the loop works, and who hears what is thrown in it. */
export interface TurnOwner {
	/** Whether anything still waits for that work. */
	readonly open: boolean;
	/** Takes an error of any kind; must not throw. */
	failed(error: unknown): void;
}

/** What a clock adds that knows whose work each turn is. */
export interface OwnedWork {
	/** Whose work this turn is; undefined when nothing waits for it, or nothing does any more. */
	readonly owner: TurnOwner | undefined;
	/** Does work for an owner, who gets what it throws; what it schedules on this clock is work for the same owner. */
	runFor(owner: TurnOwner, work: () => void): void;
	/** Does work that had to wait, for the owner of the turn that asked for it; for nobody once nothing waits for it. */
	resumeFor(owner: TurnOwner | undefined, work: () => void): void;
}

/** Base of clocks that keep for each action that waits the `owner` in whose turn it was scheduled. */
export abstract class OwnedTurns implements OwnedWork {
	#owner: TurnOwner | undefined;

	get owner(): TurnOwner | undefined {
		return this.#owner?.open === true ? this.#owner : undefined;
	}

	runFor(owner: TurnOwner, work: () => void): void {
		const before = this.#owner;
		this.#owner = owner;
		try {
			work();
		} catch (error) {
			owner.failed(error);
		} finally {
			this.#owner = before;
		}
	}

	resumeFor(owner: TurnOwner | undefined, work: () => void): void {
		if (owner?.open === true) {
			this.runFor(owner, work);
			return;
		}
		const before = this.#owner;
		this.#owner = undefined;
		try {
			work();
		} finally {
			this.#owner = before;
		}
	}
}
