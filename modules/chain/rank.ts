/** What a member is to its home. */
export const Rank = Object.freeze({
	/** Admitted by an ordinary member, until an owner confirms it: does what members do, but sponsors nobody. */
	provisional: 0,
	member: 1,
	/** The founder, or whom the recovery key made owner: removes, confirms, grants, makes checkpoints. At most 3. */
	owner: 2
} as const);

export type Rank = (typeof Rank)[keyof typeof Rank];

/** Most owners of a home. */
export const ownersLimit = 3;

const names = Object.freeze(["provisional member", "member", "owner"] as const);

export function rankName(rank: Rank): string {
	return names[rank];
}

/** Undefined for a number that no rank has. */
export function rankOf(number: number): Rank | undefined {
	switch (number) {
		case Rank.provisional:
		case Rank.member:
		case Rank.owner:
			return number;
		default:
			return undefined;
	}
}
