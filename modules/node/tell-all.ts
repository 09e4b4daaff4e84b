/** Calls all who wait for something; the first error that one of them throws is thrown on, once all have been called. */
export function tellAll<T>(waiting: readonly ((what: T) => void)[], what: T): void {
	let first: { readonly error: unknown } | undefined;
	for (const each of waiting) {
		try {
			each(what);
		} catch (error) {
			first ??= { error };
		}
	}
	if (first !== undefined) throw first.error;
}
