import type { BlockStorage, Chain } from "../../modules/chain/chain.js";
import { actions } from "../../modules/devices/devices.js";
import { Story } from "./chain-story.js";

const unlock = actions.indexOf("unlock");
const owners = ["lamp", "owner 1", "owner 2"];
/** Members of the base, each with as many places as it can have, all of them for whom it admits. */
const sponsors = 6;
const admitted = 8;
const membersLimit = 64;
/** Gives and takings in an owner's log. */
const [gives, takings] = [10, 2];
/** New keys of each owner but the founder, whose node it is on. */
const keys = 5;
/** Ids in one remove. */
const idsAtOnce = 8;

/**
 * A home with as many members as there can be, who have said as much as they may: three owners, 64 members, one era. `checkpoints`: how
 * many there were before, each with as many grants and removed ids as owners can say in its time; after three its table is full.
 */
export function fullHome(storage?: BlockStorage, checkpoints = 0): { story: Story; chain: Chain } {
	const story = new Story();
	const chain = story.chain(storage, "lamp");
	const names = Array.from({ length: sponsors }, (_, index) => `member ${index}`);
	for (const name of [...owners.slice(1), ...names]) story.add(chain, "lamp", name);
	story.recover(chain, owners, names);
	const provisional: string[] = [];
	for (const name of names) {
		for (let number = 0; number < admitted; number += 1) {
			const guest = `${name}'s guest ${number}`;
			story.add(chain, name, guest);
			provisional.push(guest);
		}
	}
	const added: string[] = [];
	while (chain.members.size < membersLimit) {
		const guest = `guest ${added.length}`;
		story.add(chain, "lamp", guest);
		added.push(guest);
	}
	for (let round = 0; round < checkpoints; round += 1) {
		for (const [place, owner] of owners.entries()) {
			const from = gives * (place + owners.length * round);
			for (let number = from; number < from + gives && round > 0; number += 1) {
				const device = provisional[number % provisional.length] ?? null;
				story.grant(chain, owner, names[Math.floor(number / sponsors) % sponsors] ?? "lamp", unlock, device);
			}
			for (let number = 0; number < takings; number += 1) {
				const ids = Array.from({ length: idsAtOnce }, (_, id) => `nobody ${from} ${number} ${id}`);
				story.remove(chain, owner, ...ids);
			}
		}
		story.checkpoint(chain);
	}
	for (const guest of [...provisional, ...added]) {
		for (const type of [2, 3]) story.describe(chain, guest, { name: guest, types: Uint8Array.of(1, type) });
	}
	for (const owner of owners) {
		const isFounder = owner === "lamp";
		for (let number = isFounder ? added.length : 0; number < gives; number += 1) {
			story.grant(chain, owner, names[number % sponsors] ?? "lamp", unlock, provisional[number] ?? null);
		}
		for (let number = 0; number < takings; number += 1) {
			story.withdraw(chain, owner, added[number] ?? "lamp", unlock, null);
		}
		for (let number = 0; number < keys && !isFounder; number += 1)
			story.rotate(chain, owner, `${owner}: ${number}`);
	}
	return { story, chain };
}

/** What `status` says of how many blocks there are: the base and what counts since. */
export function blocksOf(chain: Chain): number {
	let count = 1;
	for (let number = 0; number < chain.length; number += 1) if (chain.isLive(number)) count += 1;
	return count;
}
