/** What a person can type. */
export interface Command {
	readonly usage: string;
	readonly help: string;
	/** Carries it out; `rest` is what stands after the command's name. */
	run(rest: string): void;
}
