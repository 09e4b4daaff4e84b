import type { Chain } from "../../modules/chain/chain.js";
import { hex } from "./assert.js";

/** Who everybody is and what each may do, in a form to compare. */
export function standing(chain: Chain): unknown {
	const { members } = chain;
	return {
		members: members.all.map(({ id, name, type, key, rank, grants, isFrozen }) => ({
			id: hex(id),
			name,
			type,
			key: hex(key),
			rank,
			isFrozen,
			grants: grants.map(({ action, device, granted }) => `${action} ${device && hex(device)} ${granted}`)
		})),
		removed: members.removed.map(hex)
	};
}
