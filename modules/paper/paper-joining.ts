import { BytesError, fromHex, toHex } from "../bytes/bytes.js";
import { Block, BlockError, tagLength } from "../chain/chain.js";
import { CoapError, Code, pathOptions, type Response } from "../coap/coap.js";
import { typeName } from "../devices/devices.js";
import {
	admits,
	applicantOf,
	type Identity,
	type JoinAnswer,
	type JoinOptions,
	MessageError,
	type Refusal,
	refusalText,
	synchronizationPath
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import { Vigenere } from "../vigenere/vigenere.js";
import { openMessage, sealMessage, textField } from "./paper-message.js";

/** Milliseconds that one sponsor has for its answer. */
const patience = 10_000;

/** The paper's synchronization request, from the side of the node that wants to join. */
export function joinPaperHome(options: JoinOptions, done: (answer: JoinAnswer) => void): void {
	const { layer, address, place, identity, credentials, keep } = options;
	const cipher = new Vigenere(credentials);
	const { number, signature } = applicantOf(identity, place, new Uint8Array(tagLength));
	const message = {
		request: "synchronization",
		name: identity.name,
		type: typeName(identity.type),
		key: toHex(identity.publicKey),
		number,
		signature: toHex(signature)
	};
	const silent: JoinAnswer = { joined: false, refusal: "no home", text: "no member of the home answers" };
	try {
		keep();
		layer.request({
			address: address.host,
			port: address.port,
			code: Code.Post,
			options: pathOptions(synchronizationPath),
			payload: sealMessage(message, cipher),
			timeout: patience,
			onResponse: response => done(readAnswer(response, identity, cipher)),
			onFailure: () => done(silent)
		});
	} catch (error) {
		if (error instanceof StoreError) done({ joined: false, refusal: "other", text: error.message });
		else if (error instanceof CoapError) done(silent);
		else throw error;
	}
}

function readAnswer(response: Response, identity: Identity, cipher: Vigenere): JoinAnswer {
	if (response.code !== Code.Changed) {
		return { joined: false, refusal: refusalOf(response.code), text: refusalText(response) };
	}
	try {
		const message = openMessage(response.payload, cipher);
		// Without one a base has made it a member.
		const block = message.block === undefined ? undefined : new Block(fromHex(textField(message, "block")));
		if (block !== undefined && !admits(block, identity))
			throw new MessageError("the block that came back is not this node's");
		return { joined: true, sponsor: textField(message, "node") };
	} catch (error) {
		if (error instanceof MessageError || error instanceof BlockError || error instanceof BytesError) {
			return { joined: false, refusal: "other", text: error.message };
		}
		throw error;
	}
}

function refusalOf(code: number): Refusal {
	if (code === Code.Unauthorized) return "password";
	if (code === Code.Conflict) return "name";
	if (code === Code.NotFound) return "removed";
	return "other";
}
