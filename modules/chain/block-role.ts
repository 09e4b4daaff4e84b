/** What a block is here for. */
export const Role = Object.freeze({
	/** Just come, or nothing any more: it goes, unless it is kept for another reason. */
	none: 0,
	/** In its author's log since the base. */
	log: 1,
	/** A new key, whatever base it was made under. */
	rotate: 2,
	/** What an owner took, which counts although it is not in its log here. */
	alone: 3
} as const);

export type Role = (typeof Role)[keyof typeof Role];

/** What else is known of a block, a bit each. */
export const Flag = Object.freeze({
	/** Its place under a rotate cannot be seen yet: what it takes counts, what it gives does not. */
	unsettled: 1,
	/** The base covers it: it stays until the next one, for its author alone. */
	late: 2,
	/** This node's own, under this base, or of the newest that it took. */
	own: 4,
	/** This node's own, under the base before, to which it may return; or it is to say it again. */
	before: 8,
	/** An add by which a node is a member. */
	admits: 16,
	/** It was, when all was judged before. */
	admitted: 32
} as const);

export type Flag = (typeof Flag)[keyof typeof Flag];

/** The role that a byte stands for. */
export function roleOf(number: number): Role {
	return number === Role.log
		? Role.log
		: number === Role.rotate
			? Role.rotate
			: number === Role.alone
				? Role.alone
				: Role.none;
}
