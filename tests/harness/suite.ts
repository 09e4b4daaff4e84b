/**
 * A test: returns when it has passed, throws when it has not; may return a promise. What it returns is shown beside it:
 * how much it tried.
 */
export type Test = (() => void | Promise<void>) | (() => string | Promise<string>);

/** The tests of one subject, by sentences about its behaviour. */
export interface Suite {
	readonly name: string;
	readonly tests: Readonly<Record<string, Test>>;
}

export function suite(name: string, tests: Record<string, Test>): Suite {
	return { name, tests };
}
