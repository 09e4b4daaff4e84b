import { type Block, signBlock } from "./block.js";
import { type GenesisBody, hashLength, prefixLength } from "./body.js";

/** The genesis block of a new home. `message`: the SHA-256 of the genesis message, 32 bytes. */
export function signGenesis(options: {
	message: Uint8Array;
	author: Uint8Array;
	privateKey: Uint8Array;
	time: number | null;
	body: GenesisBody;
}): Block {
	if (options.message.length !== hashLength) throw new RangeError(`a message hash has ${hashLength} bytes`);
	const { message, author, privateKey, time, body } = options;
	const previous = message.slice(0, prefixLength);
	return signBlock(
		{ era: new Uint8Array(0), previous, author, turn: 0, sequence: 0, time, body },
		privateKey
	);
}
