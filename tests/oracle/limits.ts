/** The bounds of everything that is kept. */
export const limits = {
	/** Members, of whatever rank. */
	members: 64,
	owners: 3,
	/** Places of an owner's log in one base; its last two are for takings. */
	ownerPlaces: 12,
	ownerPlacesForTakings: 2,
	/** Places of an owner's takings of other bases. */
	carriedPlaces: 12,
	/** Takings of its own that an owner's node remembers of those that it had lost, heard again, and does not keep. */
	lostPlaces: 12,
	/** Places of all members together, shared out by the base; each has at least `leastPlaces`, at most `mostPlaces`. */
	memberPlaces: 48,
	leastPlaces: 2,
	mostPlaces: 8,
	/** Changes of an owner's key in one era, and of another's in one base. */
	ownerTurns: 5,
	memberTurns: 1,
	/** Provisional members that one member has. */
	sponsored: 8,
	/** Targets of one remove. */
	targets: 8,
	/** Ids in a table that were removed. */
	removed: 128,
	grants: 64,
	demands: 32
};
export type Limits = typeof limits;
