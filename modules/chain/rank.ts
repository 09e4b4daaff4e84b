/** Who stands above whom. A removal or a rank counts only from a higher rank than the one it is about. */
export const Rank = Object.freeze({ member: 0, admin: 1, founder: 2, recovery: 3 } as const);

export type Rank = (typeof Rank)[keyof typeof Rank];

const names = Object.freeze(["member", "admin", "founder", "recovery key"] as const);

export function rankName(rank: Rank): string {
	return names[rank];
}
