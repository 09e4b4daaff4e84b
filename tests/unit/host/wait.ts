import Timer from "timer";

export function wait(milliseconds: number): Promise<void> {
	return new Promise(resolve => {
		Timer.set(() => resolve(), milliseconds);
	});
}

/** Returns once `condition` holds, and throws when it does not within two seconds. */
export async function until(condition: () => boolean): Promise<void> {
	for (let i = 0; i < 400 && !condition(); i++) await wait(5);
	if (!condition()) throw new Error("what was waited for did not happen");
}
