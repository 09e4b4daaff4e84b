import { compare, compareWhole, DifferenceError, Prepared } from "./compare.js";
import { allRules } from "./rules.js";
import { Scene } from "./scene.js";
import { membersHistories, ownersHistories } from "./short.js";
import { stories } from "./stories.js";

/** Gives what each story makes to a chain, whole and in parts. Returns what differs. */
export function compareStories(orders: number): string[] {
	const found: string[] = [];
	for (const { name, tell } of stories) {
		const scenes: Scene[] = [];
		Scene.onSet = scene => scenes.push(scene);
		tell(allRules);
		Scene.onSet = undefined;
		for (const { home } of scenes) {
			const prepared = new Prepared({ blocks: home.blocks, bases: home.bases.map(({ base }) => base) });
			for (let order = 0; order < orders; order += 1) {
				try {
					compareWhole(prepared, order);
					compare(prepared, order);
				} catch (error) {
					if (!(error instanceof Error)) throw error;
					found.push(
						`${name}, order ${order}: ${error instanceof DifferenceError ? error.message : error.stack}`
					);
				}
			}
		}
	}
	return found;
}

/** Gives every short history of bad members or of bad owners to a chain, in one order each. Returns how many there were, and what differs. */
export function compareShortest(
	whose: "members" | "owners",
	length: number,
	until: () => boolean
): { count: number; found: string[] } {
	const found: string[] = [];
	let count = 0;
	const scene = new Scene(allRules, { honest: [] });
	const histories = whose === "members" ? membersHistories : ownersHistories;
	for (const { blocks, openings } of histories(scene, length)) {
		if (until()) break;
		count += 1;
		try {
			compareWhole(new Prepared({ blocks, bases: [scene.home.genesis, ...openings] }), count);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			found.push(`history ${count}: ${error instanceof DifferenceError ? error.message : error.stack}`);
		}
	}
	return { count, found };
}
